// How the whole sidecar starts and stops.
#include "app/sidecar.h"

#include <sys/stat.h>

#include <future>

#include "absl/strings/match.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "support/sidecar_fixture.h"
#include "support/temp_file.h"

namespace firstmile::app {
namespace {

class SidecarLifeTest : public ::firstmile::testing::SidecarTest {
 protected:
  static v1::GetTrackingNumberRequest Request() {
    v1::GetTrackingNumberRequest request;
    request.set_shop_id(600000);
    request.set_order_sn("201214JASXYXY6");
    return request;
  }
  std::future<grpc::StatusCode> StartCall() {
    return std::async(std::launch::async, [this] {
      grpc::ClientContext context;
      v1::GetTrackingNumberResponse response;
      return logistics_->GetTrackingNumber(&context, Request(), &response).error_code();
    });
  }
};

TEST_F(SidecarLifeTest, APortInUseIsOneClearLine) {
  StartSidecar();
  Settings second = settings_;
  second.listen = {sidecar_->addresses()[0]};
  const absl::Status status = Sidecar::Start(second).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(status.message(), "Address already in use")) << status.message();
  EXPECT_TRUE(absl::StrContains(status.message(), sidecar_->addresses()[0])) << status.message();
}

TEST_F(SidecarLifeTest, ServesSeveralAddressesAndASocketForItsOwnerAlone) {
  StartSidecar();
  Settings more = settings_;
  const std::string path = ::firstmile::testing::TempPath("sock");
  umask(0077);
  more.listen = {"127.0.0.1:0", "unix:" + path};
  auto second = Sidecar::Start(more);
  ASSERT_TRUE(second.ok()) << second.status().message();
  struct stat file{};
  ASSERT_EQ(stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0077U, 0U);
  for (const std::string& address : (*second)->addresses()) {
    auto stub =
        v1::LogisticsService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    v1::GetTrackingNumberResponse response;
    EXPECT_TRUE(stub->GetTrackingNumber(&context, Request(), &response).ok()) << address;
  }
  Settings third = settings_;
  third.listen = {"unix:" + path};
  EXPECT_EQ(Sidecar::Start(third).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(SidecarLifeTest, ADrainLetsRunningCallsEnd) {
  settings_.drain_timeout = std::chrono::seconds(60);
  StartSidecar();
  emulator_.SetLatency(std::chrono::milliseconds(200));
  auto call = StartCall();
  Await([](const emulator::Counters& now) { return now.in_flight == 1; });
  sidecar_->Drain();
  EXPECT_EQ(call.get(), grpc::StatusCode::OK);
}

TEST_F(SidecarLifeTest, ADrainCancelsWhatIsStillRunningAtItsLimit) {
  settings_.drain_timeout = std::chrono::milliseconds(100);
  StartSidecar();
  emulator_.SetNeverAnswer(true);
  auto call = StartCall();
  Await([](const emulator::Counters& now) { return now.in_flight == 1; });
  sidecar_->Drain();
  EXPECT_NE(call.get(), grpc::StatusCode::OK);
  Await([](const emulator::Counters& now) { return now.in_flight == 0; });
}

TEST_F(SidecarLifeTest, DestroyingItEndsRunningCalls) {
  StartSidecar();
  emulator_.SetNeverAnswer(true);
  auto call = StartCall();
  Await([](const emulator::Counters& now) { return now.in_flight == 1; });
  sidecar_.reset();
  EXPECT_NE(call.get(), grpc::StatusCode::OK);
}

TEST_F(SidecarLifeTest, SaysThatEachServiceIsHealthy) {
  StartSidecar();
  for (const char* service : {"", "firstmile.v1.FirstMileService", "firstmile.v1.LogisticsService",
                              "firstmile.v1.MerchantService", "firstmile.v1.OrderService"}) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    grpc::ClientContext context;
    const grpc::Status status =
        grpc::health::v1::Health::NewStub(channel_)->Check(&context, request, &response);
    EXPECT_TRUE(status.ok()) << service;
    EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING) << service;
  }
}

}  // namespace
}  // namespace firstmile::app
