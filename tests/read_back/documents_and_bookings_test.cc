// How lost creations of documents and shipments of bookings are told from Shopee's state.
#include "absl/strings/str_cat.h"
#include "firstmile/v1/logistics_booking_documents.pb.h"
#include "firstmile/v1/logistics_bookings.pb.h"
#include "firstmile/v1/logistics_document_jobs.pb.h"
#include "firstmile/v1/logistics_documents.pb.h"
#include "read_back/call_with_read_back_fixture.h"

namespace firstmile::read_back {
namespace {

using ::firstmile::testing::Answer;
using ::firstmile::testing::Failure;
using gateway::CallReport;
using gateway::ReadBack;
using transport::HttpFailure;

constexpr absl::string_view kNone =
    R"("status":"","fail_error":"logistics.shipping_document_should_print_first","fail_message":"print first")";

transport::HttpResult Results(absl::string_view rows, absl::string_view error = "") {
  return Answer(absl::StrCat(R"({"request_id":"r","error":")", error,
                             R"(","message":"m","response":{"result_list":[)", rows, "]}}"));
}

transport::HttpResult NoDocument() {
  return Results(absl::StrCat(R"({"order_sn":"A",)", kNone, "}"), "common.batch_api_all_failed");
}

transport::HttpResult BookingIn(absl::string_view status) {
  return Answer(absl::StrCat(
      R"({"error":"","response":{"booking_list":[{"booking_sn":"B","booking_status":")", status, R"("}]}})"));
}

class DocumentsAndBookings : public CallWithReadBackTest {
 protected:
  CallReport Create() {
    create_.set_shop_id(kShop);
    v1::NewShippingDocument& document = *create_.add_order_list();
    document.set_order_sn("A");
    document.set_shipping_document_type(v1::SHIPPING_DOCUMENT_TYPE_THERMAL_AIR_WAYBILL);
    return Call(create_, &created_);
  }
  CallReport Ship() {
    v1::ShipBookingRequest ship;
    ship.set_shop_id(kShop);
    ship.set_booking_sn("B");
    ship.mutable_dropoff();
    return Call(ship, &shipped_);
  }

  v1::CreateShippingDocumentRequest create_;
  v1::CreateShippingDocumentResponse created_;
  v1::ShipBookingResponse shipped_;
};

TEST_F(DocumentsAndBookings, ADocumentThatIsBeingMadeWasCreated) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Results(R"({"order_sn":"A","status":"PROCESSING"})"));
  EXPECT_EQ(Create().read_back, ReadBack::kApplied);
  ASSERT_EQ(created_.outcomes_size(), 1);
  EXPECT_EQ(created_.outcomes(0).state(), v1::OUTCOME_STATE_SUCCEEDED);
  EXPECT_NE(transport_.requests.back().body.find("THERMAL_AIR_WAYBILL"), std::string::npos)
      << "a document of another kind proves nothing";
}

TEST_F(DocumentsAndBookings, ADocumentThatIsNotThereAtTwoChecksWasNotCreated) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(NoDocument());
  transport_.Then(NoDocument());
  const CallReport report = Create();
  EXPECT_EQ(Reason(report), "WRITE_NOT_APPLIED");
}

TEST_F(DocumentsAndBookings, ADocumentThatFailedMayHaveFailedBefore) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Results(
      R"({"order_sn":"A","status":"FAILED","fail_error":"logistics.package_print_failed","fail_message":"f"})"));
  EXPECT_EQ(Reason(Create()), "WRITE_OUTCOME_UNKNOWN");
}

TEST_F(DocumentsAndBookings, DocumentsThatShopeeDidNotReportAreLookedFor) {
  transport_.Then(Results(""));
  transport_.Then(Results(R"({"order_sn":"A","status":"READY"})"));
  const CallReport report = Create();
  EXPECT_EQ(report.status.code(), 0);
  EXPECT_EQ(report.read_back, ReadBack::kApplied);
  EXPECT_EQ(created_.outcomes(0).state(), v1::OUTCOME_STATE_SUCCEEDED);
}

TEST_F(DocumentsAndBookings, DocumentsOfBookingsAreReadLikeThoseOfPackages) {
  v1::CreateBookingShippingDocumentRequest request;
  v1::CreateBookingShippingDocumentResponse response;
  request.set_shop_id(kShop);
  request.add_booking_list()->set_booking_sn("B");
  request.add_booking_list()->set_booking_sn("C");
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(
      Results(absl::StrCat(R"({"booking_sn":"C","status":"READY"},{"booking_sn":"B",)", kNone, "}")));
  const CallReport report = Call(request, &response);
  EXPECT_EQ(report.read_back, ReadBack::kApplied);
  ASSERT_EQ(response.outcomes_size(), 2);
  EXPECT_EQ(response.outcomes(0).state(), v1::OUTCOME_STATE_UNREPORTED);
  EXPECT_EQ(response.outcomes(1).state(), v1::OUTCOME_STATE_SUCCEEDED);
}

TEST_F(DocumentsAndBookings, NoReadTellsOfAJob) {
  v1::CreateShippingDocumentJobRequest request;
  v1::CreateShippingDocumentJobResponse response;
  request.set_shop_id(kShop);
  request.set_shipping_document_type(v1::SHIPPING_DOCUMENT_TYPE_THERMAL_UNPACKAGED_LABEL);
  request.add_package_list("P");
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  const CallReport report = Call(request, &response);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(transport_.requests.size(), 1U);
}

TEST_F(DocumentsAndBookings, ABookingThatIsProcessedWasShipped) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(BookingIn("PROCESSED"));
  EXPECT_EQ(Ship().read_back, ReadBack::kApplied);
  EXPECT_EQ(shipped_.header().warnings_size(), 1);
}

TEST_F(DocumentsAndBookings, ABookingThatStillWaitsWasNotShipped) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(BookingIn("READY_TO_SHIP"));
  transport_.Then(BookingIn("READY_TO_SHIP"));
  EXPECT_EQ(Reason(Ship()), "WRITE_NOT_APPLIED");
}

TEST_F(DocumentsAndBookings, OfAMatchedBookingItsTrackingNumberTells) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(BookingIn("MATCHED"));
  transport_.Then(Answer(R"({"error":"","tracking_number":"T"})"));
  EXPECT_EQ(Ship().read_back, ReadBack::kApplied);
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(BookingIn("MATCHED"));
  transport_.Then(Answer(R"({"error":"","tracking_number":""})"));
  EXPECT_EQ(Reason(Ship()), "WRITE_OUTCOME_UNKNOWN");
}

}  // namespace
}  // namespace firstmile::read_back
