// Unary rpcs from the client's view, over real sockets on both sides.
#include <gtest/gtest.h>

#include <future>

#include "support/sidecar_fixture.h"

namespace firstmile::rpc {
namespace {

class UnaryCallTest : public ::firstmile::testing::SidecarTest {
 protected:
  void SetUp() override { StartSidecar(); }

  v1::GetTrackingNumberRequest Request() {
    v1::GetTrackingNumberRequest request;
    request.set_shop_id(600000);
    request.set_order_sn("201214JASXYXY6");
    return request;
  }
  grpc::Status Call(const v1::GetTrackingNumberRequest& request, v1::GetTrackingNumberResponse* response) {
    grpc::ClientContext context;
    return logistics_->GetTrackingNumber(&context, request, response);
  }
};

TEST_F(UnaryCallTest, AnswersTheDocumentedExample) {
  v1::GetTrackingNumberResponse response;
  ASSERT_TRUE(Call(Request(), &response).ok());
  EXPECT_EQ(response.tracking_number(), "MY200448706479IT");
  EXPECT_EQ(response.first_mile_tracking_number(), "CNF877146678717210312");
  EXPECT_EQ(response.header().request_id().size(), 32U);
}

TEST_F(UnaryCallTest, AFailureCarriesTheVendorsCodeAndRequestId) {
  v1::GetTrackingNumberRequest request = Request();
  request.set_order_sn("NOSUCHORDER");
  v1::GetTrackingNumberResponse response;
  const grpc::Status status = Call(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  const auto info = ErrorInfoOf(DetailsOf(status));
  EXPECT_EQ(info.domain(), "firstmile");
  EXPECT_EQ(info.metadata().at("vendorCode"), "logistics.invalid_error");
  EXPECT_EQ(info.metadata().at("requestId").size(), 32U);
  EXPECT_EQ(info.metadata().at("operation"), "LogisticsService/GetTrackingNumber");
}

TEST_F(UnaryCallTest, BadInputIsRefusedWithoutAnUpstreamCall) {
  v1::GetTrackingNumberResponse response;
  const grpc::Status status = Call({}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const google::rpc::Status details = DetailsOf(status);
  google::rpc::BadRequest bad;
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&bad)) break;
  }
  ASSERT_EQ(bad.field_violations_size(), 2);
  EXPECT_EQ(bad.field_violations(0).field(), "shop_id");
  EXPECT_EQ(bad.field_violations(1).field(), "order_sn");
  EXPECT_EQ(emulator_.counters().total_requests, 0U);
}

TEST_F(UnaryCallTest, ACallersOwnTokenIsUsedInsteadOfTheConfiguredOne) {
  emulator_.SetAccessToken(600010, "brought-by-the-caller");
  v1::GetTrackingNumberRequest request = Request();
  request.set_shop_id(600010);  // a shop without a configured token
  v1::GetTrackingNumberResponse response;
  EXPECT_EQ(ReasonOf(Call(request, &response)), "NO_ACCESS_TOKEN");
  grpc::ClientContext context;
  context.AddMetadata("x-shopee-access-token", "brought-by-the-caller");
  const grpc::Status status = logistics_->GetTrackingNumber(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND)
      << status.error_message();  // names the shop, not the token
}

TEST_F(UnaryCallTest, ACallEndsAtItsDeadlineAndItsTransferIsGone) {
  emulator_.SetNeverAnswer(true);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
  v1::GetTrackingNumberResponse response;
  const grpc::Status status = logistics_->GetTrackingNumber(&context, Request(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  Await([](const emulator::Counters& now) { return now.abandoned == 1 && now.in_flight == 0; });
}

TEST_F(UnaryCallTest, ACancelReachesTheTransfer) {
  emulator_.SetNeverAnswer(true);
  grpc::ClientContext context;
  auto call = std::async(std::launch::async, [&] {
    v1::GetTrackingNumberResponse response;
    return logistics_->GetTrackingNumber(&context, Request(), &response);
  });
  Await([](const emulator::Counters& now) { return now.in_flight == 1; });
  context.TryCancel();
  EXPECT_EQ(call.get().error_code(), grpc::StatusCode::CANCELLED);
  Await([](const emulator::Counters& now) { return now.abandoned == 1 && now.in_flight == 0; });
}

TEST_F(UnaryCallTest, CancelsThatRaceWithAnswersFinishEachCallOnce) {
  for (int round = 0; round < 200; ++round) {
    grpc::ClientContext context;
    auto call = std::async(std::launch::async, [&] {
      v1::GetTrackingNumberResponse response;
      return logistics_->GetTrackingNumber(&context, Request(), &response);
    });
    context.TryCancel();
    const grpc::StatusCode code = call.get().error_code();
    EXPECT_TRUE(code == grpc::StatusCode::OK || code == grpc::StatusCode::CANCELLED);
  }
  Await([](const emulator::Counters& now) { return now.in_flight == 0; });
}

TEST_F(UnaryCallTest, AnUnreachablePlatformIsUnavailable) {
  emulator_.Stop();
  v1::GetTrackingNumberResponse response;
  const grpc::Status status = Call(Request(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "UPSTREAM_UNREACHABLE");
}

TEST_F(UnaryCallTest, AWriteWhoseConnectionBreaksAfterItsEffectIsUnknownAndNotRepeated) {
  const std::string path = "/api/v2/first_mile/generate_first_mile_tracking_number";
  v1::GenerateFirstMileTrackingNumberRequest request;
  request.set_shop_id(600000);
  request.set_declare_date("2099-01-01");
  v1::GenerateFirstMileTrackingNumberResponse response;
  grpc::ClientContext first;
  ASSERT_TRUE(first_mile_->GenerateFirstMileTrackingNumber(&first, request, &response)
                  .ok());  // opens a connection to reuse
  emulator::Fault fault;
  fault.path = path;
  fault.action = emulator::Fault::Action::kClose;
  fault.after_effect = true;
  emulator_.SetFault(fault);
  grpc::ClientContext second;
  const grpc::Status status = first_mile_->GenerateFirstMileTrackingNumber(&second, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNKNOWN);
  EXPECT_EQ(ReasonOf(status), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(emulator_.RequestCount(path), 2U);
}

TEST_F(UnaryCallTest, EveryFailedElementOfABatchIsAnOutcomeOfAnOkCall) {
  v1::BindFirstMileTrackingNumberRequest request;
  request.set_shop_id(600000);
  request.set_first_mile_tracking_number("SFDEMO12345");
  request.set_shipment_method("dropoff");
  request.set_region("CN");
  request.set_logistics_channel_id(1);
  request.add_order_list()->set_order_sn("NOSUCHORDER1");
  request.add_order_list()->set_order_sn("NOSUCHORDER2");
  AnswerWith(
      "/api/v2/first_mile/bind_first_mile_tracking_number",
      R"({"request_id":"r","error":"firstmile.batch_api_all_failed","message":"All failed","response":)"
      R"({"order_list":[{"order_sn":"NOSUCHORDER2","fail_error":"firstmile.order_not_exist","fail_message":"x"},)"
      R"({"order_sn":"NOSUCHORDER1","fail_error":"firstmile.order_not_exist","fail_message":"y"}]}})");
  v1::BindFirstMileTrackingNumberResponse response;
  grpc::ClientContext context;
  const grpc::Status status = first_mile_->BindFirstMileTrackingNumber(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.outcomes_size(), 2);
  EXPECT_EQ(response.outcomes(0).order_sn(), "NOSUCHORDER1");
  EXPECT_EQ(response.outcomes(0).state(), v1::OUTCOME_STATE_FAILED);
  EXPECT_EQ(response.outcomes(0).failure().vendor_message(), "y");
  EXPECT_EQ(response.error(), "firstmile.batch_api_all_failed");
}

}  // namespace
}  // namespace firstmile::rpc
