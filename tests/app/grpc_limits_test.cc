// The limits that every connection of a caller has, seen through real gRPC channels.
#include <grpcpp/generic/generic_stub.h>

#include <future>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "support/sidecar_fixture.h"
#include "support/temp_file.h"

namespace firstmile::app {
namespace {

class GrpcLimitsTest : public ::firstmile::testing::SidecarTest {
 protected:
  grpc::Status Ask(v1::LogisticsService::Stub& stub, grpc::ClientContext& context, std::size_t padding = 0) {
    v1::GetTrackingNumberRequest request;
    request.set_shop_id(600000);
    request.set_order_sn("201214JASXYXY6" + std::string(padding, 'x'));
    v1::GetTrackingNumberResponse response;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    return stub.GetTrackingNumber(&context, request, &response);
  }
  grpc::Status Ask() {
    grpc::ClientContext context;
    return Ask(*logistics_, context);
  }
  static std::unique_ptr<v1::LogisticsService::Stub> StubAt(const std::string& address) {
    return v1::LogisticsService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  }
  // Until the channel has lost its connection.
  static bool AwaitDisconnect(grpc::Channel& channel) {
    const auto end = std::chrono::system_clock::now() + std::chrono::seconds(30);
    while (channel.GetState(false) == GRPC_CHANNEL_READY) {
      if (!channel.WaitForStateChange(GRPC_CHANNEL_READY, end)) return false;
    }
    return true;
  }
};

TEST_F(GrpcLimitsTest, ARequestBeyondAMebibyteIsRefused) {
  StartSidecar();
  grpc::ClientContext context;
  const grpc::Status status = Ask(*logistics_, context, 1 << 20);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(absl::StrContains(status.error_message(), "1048576")) << status.error_message();
  EXPECT_TRUE(Ask().ok());
}

TEST_F(GrpcLimitsTest, MetadataThatRequestsNeedIsTakenAndMoreIsNot) {
  StartSidecar();
  grpc::ClientContext fits;
  fits.AddMetadata("x-firstmile-caller", "a backend");
  fits.AddMetadata("x-other", std::string(12 << 10, 'x'));
  EXPECT_TRUE(Ask(*logistics_, fits).ok());
  grpc::ClientContext beyond;
  beyond.AddMetadata("x-other", std::string(20 << 10, 'x'));
  const grpc::Status refused = Ask(*logistics_, beyond);
  EXPECT_FALSE(refused.ok());
  grpc::Status next = Ask();
  // gRPC 1.51 closes the connection afterwards, and calls with it that left meanwhile.
  for (int again = 0; again < 5 && next.error_code() == grpc::StatusCode::UNAVAILABLE; ++again) next = Ask();
  EXPECT_TRUE(next.ok()) << next.error_message() << " after " << refused.error_message();
}

TEST_F(GrpcLimitsTest, ACompressedRequestIsRefusedUnread) {
  StartSidecar();
  grpc::ClientContext context;
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  const grpc::Status status = Ask(*logistics_, context, 1000);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << status.error_message();
  EXPECT_TRUE(Ask().ok());
}

TEST_F(GrpcLimitsTest, AnIdleConnectionIsClosedAndTheNextCallMakesANewOne) {
  settings_.connections.idle_max = std::chrono::seconds(1);
  StartSidecar();
  ASSERT_TRUE(Ask().ok());
  EXPECT_TRUE(AwaitDisconnect(*channel_));
  EXPECT_TRUE(Ask().ok());
}

TEST_F(GrpcLimitsTest, AnOldConnectionIsReplacedWithoutAFailedCall) {
  settings_.connections.age_max = std::chrono::seconds(1);
  settings_.connections.age_grace = std::chrono::seconds(20);
  StartSidecar();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  while (std::chrono::steady_clock::now() < end) {
    const grpc::Status status = Ask();
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
}

TEST_F(GrpcLimitsTest, CallersOfAUnixSocketHaveTheWholeUnlessTheyGiveNames) {
  const std::string path = "unix:" + ::firstmile::testing::TempPath("whole");
  settings_.limits.admission.calls_max = 8;
  settings_.limits.admission.calls_max_per_caller = 2;
  StartSidecar();
  Settings more = settings_;
  more.listen = {path};
  auto second = Sidecar::Start(std::move(more));
  ASSERT_TRUE(second.ok()) << second.status().message();
  emulator_.SetNeverAnswer(true);
  const auto stub = StubAt(path);
  const auto hold = [&](const std::string& name, int calls) {
    std::vector<std::future<grpc::Status>> held;
    for (int i = 0; i < calls; ++i) {
      held.push_back(std::async(std::launch::async, [&, name] {
        grpc::ClientContext context;
        if (!name.empty()) context.AddMetadata("x-firstmile-caller", name);
        return Ask(*stub, context);
      }));
    }
    return held;
  };
  auto unnamed = hold("", 6);
  Await([](const emulator::Counters& now) { return now.in_flight == 6; });
  auto named = hold("batch", 2);
  Await([](const emulator::Counters& now) { return now.in_flight == 8; });
  grpc::ClientContext beyond;
  EXPECT_EQ(ReasonOf(Ask(*stub, beyond)), "SIDECAR_OVERLOADED");
  emulator_.SetNeverAnswer(false);
  second->reset();
}

}  // namespace
}  // namespace firstmile::app
