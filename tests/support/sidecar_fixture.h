// The real sidecar and the real emulator in this process, called over a real gRPC channel.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "app/sidecar.h"
#include "emulator/emulator.h"
#include "firstmile/v1/first_mile_service.grpc.pb.h"
#include "firstmile/v1/logistics_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace firstmile::testing {

class SidecarTest : public ::testing::Test {
 protected:
  explicit SidecarTest(emulator::Options options = {}) : emulator_(std::move(options)) {
    ops::StartLog(ops::LogLevel::kOff);
  }

  // Call it in SetUp, after changing settings_. Shops 600000 to 600004 have tokens.
  void StartSidecar() {
    settings_.listen = {"127.0.0.1:0"};
    settings_.gateway.base_url = emulator_.base_url();
    settings_.tokens.auth.base_url = emulator_.base_url();
    settings_.transport.allow_plain_http = true;
    // This process also contains the callers and the emulator, and under a sanitizer their shadow memory.
    settings_.max_memory_bytes = 0;
    settings_.limits.admission.bytes_max = 0;
    settings_.partner_id = emulator::kDemoPartnerId;
    settings_.partner_key = secrets::Secret(std::string(emulator::kDemoPartnerKey));
    for (std::int64_t shop = emulator::kFirstShopId; shop < emulator::kFirstShopId + 5; ++shop) {
      settings_.tokens.configured.emplace(shop, secrets::Secret(emulator::DefaultAccessToken(shop)));
    }
    auto sidecar = app::Sidecar::Start(settings_);
    ASSERT_TRUE(sidecar.ok()) << sidecar.status().message();
    sidecar_ = *std::move(sidecar);
    channel_ = grpc::CreateChannel(sidecar_->addresses()[0], grpc::InsecureChannelCredentials());
    first_mile_ = v1::FirstMileService::NewStub(channel_);
    logistics_ = v1::LogisticsService::NewStub(channel_);
  }

  static google::rpc::ErrorInfo ErrorInfoOf(const google::rpc::Status& status) {
    google::rpc::ErrorInfo info;
    for (const auto& detail : status.details()) {
      if (detail.UnpackTo(&info)) break;
    }
    return info;
  }
  static google::rpc::Status DetailsOf(const grpc::Status& status) {
    google::rpc::Status details;
    EXPECT_TRUE(details.ParseFromString(status.error_details()));
    return details;
  }
  static std::string ReasonOf(const grpc::Status& status) { return ErrorInfoOf(DetailsOf(status)).reason(); }

  // Waits until the emulator's counters satisfy `condition`; ctest's timeout bounds it.
  template <typename Condition>
  void Await(Condition condition) {
    while (!condition(emulator_.counters())) std::this_thread::yield();
  }

  // Answers the next `times` requests to `path` with `body`, after the first `skip`.
  void AnswerWith(const std::string& path, const std::string& body, int skip = 0, int times = 1,
                  int status = 200) {
    emulator::Fault fault;
    fault.path = path;
    fault.skip = skip;
    fault.times = times;
    fault.status = status;
    fault.body = body;
    emulator_.SetFault(fault);
  }
  void Misbehave(const std::string& path, emulator::Fault::Action action, int skip = 0, int times = -1) {
    emulator::Fault fault;
    fault.path = path;
    fault.action = action;
    fault.skip = skip;
    fault.times = times;
    emulator_.SetFault(fault);
  }

  emulator::Emulator emulator_;
  app::Settings settings_;
  std::unique_ptr<app::Sidecar> sidecar_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::FirstMileService::Stub> first_mile_;
  std::unique_ptr<v1::LogisticsService::Stub> logistics_;
};

}  // namespace firstmile::testing
