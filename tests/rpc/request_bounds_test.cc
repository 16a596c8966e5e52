// An oversized request ends before anything is sent, and does not affect others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rpc/incoming_call.h"
#include "support/sidecar_fixture.h"

namespace firstmile::rpc {
namespace {

using ::testing::HasSubstr;

class RequestBoundsTest : public ::firstmile::testing::SidecarTest {
 protected:
  void SetUp() override { StartSidecar(); }

  static v1::GetTrackingNumberRequest Request(const std::string& order_sn = "201214JASXYXY6") {
    v1::GetTrackingNumberRequest request;
    request.set_shop_id(600000);
    request.set_order_sn(order_sn);
    return request;
  }
  grpc::Status Call(const v1::GetTrackingNumberRequest& request,
                    const std::pair<std::string, std::string>& metadata = {"x", "y"}) {
    grpc::ClientContext context;
    context.AddMetadata(metadata.first, metadata.second);
    v1::GetTrackingNumberResponse response;
    return logistics_->GetTrackingNumber(&context, request, &response);
  }
  static google::rpc::BadRequest BadRequestOf(const grpc::Status& status) {
    google::rpc::BadRequest bad;
    const google::rpc::Status details = DetailsOf(status);
    for (const auto& detail : details.details()) {
      if (detail.UnpackTo(&bad)) break;
    }
    return bad;
  }
};

TEST_F(RequestBoundsTest, AnOversizedTextDoesNotOpenTheBreaker) {
  for (int i = 0; i < 60; ++i) {
    const grpc::Status status = Call(Request(std::string(600'000, 'A')));
    ASSERT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_EQ(ReasonOf(status), "REQUEST_INVALID");
    const google::rpc::BadRequest bad = BadRequestOf(status);
    ASSERT_EQ(bad.field_violations_size(), 1);
    EXPECT_EQ(bad.field_violations(0).field(), "order_sn");
    EXPECT_EQ(bad.field_violations(0).description(), "must be at most 256 bytes; got 600000");
  }
  EXPECT_EQ(emulator_.counters().total_requests, 0U);
  EXPECT_TRUE(Call(Request()).ok());
}

TEST_F(RequestBoundsTest, ARequestFullOfFaultsIsAnsweredWithinWhatAClientTakes) {
  v1::BindFirstMileTrackingNumberRequest request;
  for (int i = 0; i < 50; ++i) {
    v1::OrderKey* order = request.add_order_list();
    order->set_order_sn(std::string(1000, 'A'));
    order->set_package_number(std::string(1000, 'A'));
  }
  grpc::ClientContext context;
  v1::BindFirstMileTrackingNumberResponse response;
  const grpc::Status status = first_mile_->BindFirstMileTrackingNumber(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
  EXPECT_GT(BadRequestOf(status).field_violations_size(), 30);
  EXPECT_LE(BadRequestOf(status).field_violations_size(), 64);
}

TEST_F(RequestBoundsTest, TheMetadataThatAreReadAreBounded) {
  EXPECT_TRUE(Call(Request(), {kCallerMetadata, std::string(64, 'c')}).ok());
  const grpc::Status caller = Call(Request(), {kCallerMetadata, std::string(65, 'c')});
  EXPECT_EQ(ReasonOf(caller), "REQUEST_INVALID");
  EXPECT_THAT(caller.error_message(),
              HasSubstr("metadata x-firstmile-caller: must be at most 64 bytes; got 65"));
  const grpc::Status own = Call(Request(), {kAccessTokenMetadata, std::string(4097, 't')});
  EXPECT_EQ(ReasonOf(own), "REQUEST_INVALID");
  EXPECT_THAT(own.error_message(),
              HasSubstr("metadata x-shopee-access-token: must be at most 4096 bytes; got 4097"));
}

TEST_F(RequestBoundsTest, TheMetadataOfAStreamAreBoundedToo) {
  v1::StreamUnbindOrdersRequest request;
  request.add_shop_ids(600000);
  grpc::ClientContext context;
  context.AddMetadata(kCallerMetadata, std::string(65, 'c'));
  const auto stream = first_mile_->StreamUnbindOrders(&context, request);
  v1::StreamUnbindOrdersResponse frame;
  EXPECT_FALSE(stream->Read(&frame));
  EXPECT_EQ(ReasonOf(stream->Finish()), "REQUEST_INVALID");
}

TEST_F(RequestBoundsTest, AStreamsCursorsAreBounded) {
  v1::StreamUnbindOrdersRequest request;
  request.add_shop_ids(600000);
  v1::StreamResume* resume = request.add_resume();
  resume->set_shop_id(600000);
  resume->set_resume_cursor(std::string(1025, 'c'));
  grpc::ClientContext context;
  const auto stream = first_mile_->StreamUnbindOrders(&context, request);
  v1::StreamUnbindOrdersResponse frame;
  EXPECT_FALSE(stream->Read(&frame));
  const grpc::Status status = stream->Finish();
  EXPECT_THAT(status.error_message(),
              HasSubstr("resume[0].resume_cursor: must be at most 1024 bytes; got 1025"));
  EXPECT_EQ(emulator_.counters().total_requests, 0U);
}

}  // namespace
}  // namespace firstmile::rpc
