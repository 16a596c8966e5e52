// What lost calls did to an order is told from the order.
#include "absl/strings/str_cat.h"
#include "firstmile/v1/order_changes.pb.h"
#include "read_back/call_with_read_back_fixture.h"

namespace firstmile::read_back {
namespace {

using ::firstmile::testing::Answer;
using ::firstmile::testing::Failure;
using gateway::CallReport;
using gateway::ReadBack;
using transport::HttpFailure;

constexpr absl::string_view kWhole =
    R"("package_list":[{"package_number":"P","item_list":[{"item_id":1,"model_quantity":2},{"item_id":2}]}])";
constexpr absl::string_view kSplit =
    R"("package_list":[{"package_number":"Q","item_list":[{"item_id":2,"model_id":0,"model_quantity":1}]},)"
    R"({"package_number":"R","item_list":[{"item_id":1,"model_id":7,"model_quantity":2}]}])";

class OrderChangesTest : public CallWithReadBackTest {
 protected:
  OrderChangesTest() {
    split_.set_shop_id(kShop);
    split_.set_order_sn("A");
    AddPart(1, 7);
    AddPart(2, 0);
    unsplit_.set_shop_id(kShop);
    unsplit_.set_order_sn("A");
    cancel_.set_shop_id(kShop);
    cancel_.set_order_sn("A");
    cancel_.set_cancel_reason(v1::CANCEL_REASON_CUSTOMER_REQUEST);
    handle_.set_shop_id(kShop);
    handle_.set_order_sn("A");
    handle_.set_operation(v1::BUYER_CANCELLATION_OPERATION_ACCEPT);
  }

  void AddPart(std::int64_t item, std::int64_t model) {
    v1::SplitItem* line = split_.add_package_list()->add_item_list();
    line->set_item_id(item);
    line->set_model_id(model);
  }

  // Loses the answer. The order then has `members`; an order without an effect is read twice.
  CallReport Lose(const google::protobuf::Message& request, absl::string_view members,
                  google::protobuf::Message* response, int reads = 1) {
    transport_.Then(Failure(HttpFailure::kNoAnswer));
    for (int i = 0; i < reads; ++i) {
      transport_.Then(Orders(absl::StrCat(R"({"order_sn":"A",)", members, "}")));
    }
    return Call(request, response);
  }

  template <typename Response>
  void ExpectFound(const google::protobuf::Message& request, absl::string_view members) {
    Response response;
    const CallReport report = Lose(request, members, &response);
    EXPECT_EQ(report.status.code(), 0) << members << ": " << report.status.message();
    EXPECT_EQ(report.read_back, ReadBack::kApplied) << members;
    EXPECT_EQ(response.header().warnings_size(), 1) << members;
  }

  template <typename Response>
  void ExpectReason(const google::protobuf::Message& request, absl::string_view members, int reads,
                    absl::string_view reason) {
    Response response;
    EXPECT_EQ(Reason(Lose(request, members, &response, reads)), reason) << members;
    EXPECT_EQ(response.ByteSizeLong(), 0U) << members;
  }
  template <typename Response>
  void ExpectNotApplied(const google::protobuf::Message& request, absl::string_view members) {
    ExpectReason<Response>(request, members, 2, "WRITE_NOT_APPLIED");
  }
  template <typename Response>
  void ExpectUnknown(const google::protobuf::Message& request, absl::string_view members) {
    ExpectReason<Response>(request, members, 1, "WRITE_OUTCOME_UNKNOWN");
  }

  v1::SplitOrderRequest split_;
  v1::UnsplitOrderRequest unsplit_;
  v1::CancelOrderRequest cancel_;
  v1::HandleBuyerCancellationRequest handle_;
};

TEST_F(OrderChangesTest, ASplitIsFoundInThePackagesAndAnswersWithThem) {
  v1::SplitOrderResponse response;
  EXPECT_EQ(Lose(split_, kSplit, &response).status.code(), 0);
  EXPECT_EQ(response.order_sn(), "A");
  ASSERT_EQ(response.package_list_size(), 2);
  EXPECT_EQ(response.package_list(1).package_number(), "R");
  EXPECT_EQ(response.package_list(1).item_list(0).item_id(), 1);
  EXPECT_EQ(response.package_list(1).item_list(0).model_quantity(), 2);
}

TEST_F(OrderChangesTest, OnePackageMeansThatAnOrderIsNotSplit) {
  ExpectNotApplied<v1::SplitOrderResponse>(split_, kWhole);
}

TEST_F(OrderChangesTest, OtherPackagesThanRequestedLeaveASplitOpen) {
  split_.mutable_package_list(0)->mutable_item_list(0)->set_model_quantity(1);
  ExpectUnknown<v1::SplitOrderResponse>(split_, kSplit);
  ExpectUnknown<v1::SplitOrderResponse>(split_, R"("package_list":[])");
}

TEST_F(OrderChangesTest, AnErrorAfterASplitIsReadBackToo) {
  transport_.Then(Answer(R"({"request_id":"r","error":"order.order_split_get_package_info_failed",)"
                         R"("message":"Split order succeed, but failed to get the new package info."})"));
  transport_.Then(Orders(absl::StrCat(R"({"order_sn":"A",)", kSplit, "}")));
  v1::SplitOrderResponse response;
  EXPECT_EQ(Call(split_, &response).read_back, ReadBack::kApplied);
  EXPECT_EQ(response.package_list_size(), 2);
}

TEST_F(OrderChangesTest, AnUndoneSplitLeavesOnePackage) {
  ExpectFound<v1::UnsplitOrderResponse>(unsplit_, kWhole);
  ExpectNotApplied<v1::UnsplitOrderResponse>(unsplit_, kSplit);
}

TEST_F(OrderChangesTest, ACancelledOrderAnswersWithItsTime) {
  v1::CancelOrderResponse response;
  const auto status =
      Lose(cancel_, R"("order_status":"CANCELLED","update_time":1603187201)", &response).status;
  EXPECT_EQ(status.code(), 0) << status.message();
  EXPECT_EQ(response.update_time().seconds(), 1603187201);
}

TEST_F(OrderChangesTest, AnOrderThatContinuesIsNotCancelled) {
  ExpectNotApplied<v1::CancelOrderResponse>(cancel_, R"("order_status":"READY_TO_SHIP")");
}

TEST_F(OrderChangesTest, AStateThatDoesNotTellLeavesACancellationOpen) {
  ExpectUnknown<v1::CancelOrderResponse>(cancel_, R"("order_status":"IN_CANCEL")");
  ExpectUnknown<v1::CancelOrderResponse>(cancel_, R"("order_status":"NEW_STATE")");
}

TEST_F(OrderChangesTest, TooFewCancelledPiecesShowThatAPartWasNotCancelled) {
  v1::PartialCancelItem* part = cancel_.add_partial_cancel_item_list();
  part->set_item_id(1);
  part->set_model_id(0);
  part->set_model_quantity(2);
  const auto item = [](int cancelled, int asked) {
    return absl::StrCat(R"("item_list":[{"item_id":1,"cancelled_qty":)", cancelled,
                        R"(,"cancel_requested_qty":)", asked, "}]");
  };
  ExpectNotApplied<v1::CancelOrderResponse>(cancel_, item(0, 1));
  ExpectUnknown<v1::CancelOrderResponse>(cancel_, item(1, 1));
  ExpectUnknown<v1::CancelOrderResponse>(cancel_, R"("item_list":[{"item_id":1}])");
}

TEST_F(OrderChangesTest, ASplitThatShopeeTellsOfMayBecomeVisibleLater) {
  transport_.Then(Answer(R"({"request_id":"r","error":"order.order_split_get_package_info_failed",)"
                         R"("message":"Split order succeed, but failed to get the new package info."})"));
  for (int i = 0; i < 2; ++i) transport_.Then(Orders(absl::StrCat(R"({"order_sn":"A",)", kWhole, "}")));
  v1::SplitOrderResponse response;
  EXPECT_EQ(Reason(Call(split_, &response)), "WRITE_OUTCOME_UNKNOWN");
}

TEST_F(OrderChangesTest, APartOnSeveralLinesIsCountedOverAllOfThem) {
  v1::PartialCancelItem* part = cancel_.add_partial_cancel_item_list();
  part->set_item_id(1);
  part->set_model_quantity(1);
  constexpr absl::string_view lines =
      R"("item_list":[{"item_id":1,"order_item_id":1,"cancelled_qty":1,"cancel_requested_qty":0},)"
      R"({"item_id":1,"order_item_id":9,"cancelled_qty":0,"cancel_requested_qty":0}])";
  ExpectUnknown<v1::CancelOrderResponse>(cancel_, lines);
  part->set_order_item_id(9);
  ExpectNotApplied<v1::CancelOrderResponse>(cancel_, lines);
}

TEST_F(OrderChangesTest, APartialCancellationOfWhichOnePartIsSeenStaysOpen) {
  for (const std::int64_t item : {1, 2}) {
    v1::PartialCancelItem* part = cancel_.add_partial_cancel_item_list();
    part->set_item_id(item);
    part->set_model_quantity(1);
  }
  ExpectUnknown<v1::CancelOrderResponse>(
      cancel_, R"("item_list":[{"item_id":1,"cancelled_qty":0,"cancel_requested_qty":0},)"
               R"({"item_id":2,"cancelled_qty":1,"cancel_requested_qty":0}])");
}

TEST_F(OrderChangesTest, AnAnswerToABuyerIsFoundInTheState) {
  ExpectFound<v1::HandleBuyerCancellationResponse>(handle_, R"("order_status":"CANCELLED")");
  ExpectUnknown<v1::HandleBuyerCancellationResponse>(handle_, R"("order_status":"IN_CANCEL")");
  ExpectUnknown<v1::HandleBuyerCancellationResponse>(handle_, R"("order_status":"PROCESSED")");
  handle_.set_operation(v1::BUYER_CANCELLATION_OPERATION_REJECT);
  ExpectFound<v1::HandleBuyerCancellationResponse>(handle_, R"("order_status":"PROCESSED")");
  ExpectUnknown<v1::HandleBuyerCancellationResponse>(handle_, R"("order_status":"CANCELLED")");
}

TEST_F(OrderChangesTest, AnOrderThatCannotBeReadLeavesEverythingOpen) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Orders(R"({"order_sn":"A","order_status":"CANCELLED","create_time":"soon"})"));
  v1::CancelOrderResponse response;
  EXPECT_EQ(Reason(Call(cancel_, &response)), "WRITE_OUTCOME_UNKNOWN");
}

}  // namespace
}  // namespace firstmile::read_back
