// A gateway over a scripted transport with a manual clock, for faults and timings that no platform produces
// on demand.
#pragma once

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <utility>
#include <vector>

#include "gateway/gateway.h"
#include "google/rpc/error_details.pb.h"
#include "support/manual_clock.h"
#include "support/run_task.h"
#include "support/scripted_transport.h"

namespace firstmile::testing {

template <typename Tokens>
class GatewayRig : public ::testing::Test {
 protected:
  template <typename... Arguments>
  explicit GatewayRig(Arguments&&... tokens) : tokens_(std::forward<Arguments>(tokens)...) {}
  ~GatewayRig() override { loop_.Stop(); }

  gateway::CallContext ContextFor(absl::Duration time) const {
    return {.deadline = clock_.Monotonic() + absl::ToChronoNanoseconds(time),
            .stop = stop_.get_token(),
            .access_token = {}};
  }
  const endpoints::Endpoint& EndpointOf(const google::protobuf::Message& request) const {
    return *table_.FindByRequest(request.GetDescriptor());
  }
  // Advances time by `step` until the call has ended, so that every wait elapses.
  gateway::CallReport Finish(std::future<gateway::CallReport> report,
                             absl::Duration step = absl::Milliseconds(500)) {
    while (report.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      Settle(loop_);
      clock_.Advance(step);
      Settle(loop_);
    }
    return report.get();
  }

  static google::rpc::ErrorInfo Info(const gateway::CallReport& report) {
    google::rpc::ErrorInfo info;
    for (const auto& detail : report.status.details()) {
      if (detail.UnpackTo(&info)) return info;
    }
    return {};
  }
  static std::string Reason(const gateway::CallReport& report) { return Info(report).reason(); }

  ManualClock clock_;
  transport::EventLoop loop_{clock_, "test"};
  ScriptedTransport transport_{loop_};
  Tokens tokens_;
  int corrections_ = 0;  // of the clock
  const signing::Signer signer_{2001887, secrets::Secret(std::string("key")),
                                [this](absl::Duration) { ++corrections_; }};
  const endpoints::EndpointTable table_ = *endpoints::EndpointTable::Build(
      std::vector{Service("firstmile.v1.FirstMileService"), Service("firstmile.v1.LogisticsService"),
                  Service("firstmile.v1.MerchantService"), Service("firstmile.v1.OrderService"),
                  Service("firstmile.v1.PlatformPushService")});
  limits::UpstreamLimits limits_{{}, loop_};
  ops::Metrics metrics_;
  static constexpr std::size_t kAnswersWaiting = 3;  // most queued for the thread
  transport::BlockingThreads answer_threads_{1, kAnswersWaiting};
  gateway::Gateway gateway_{{.base_url = "https://platform.test"},
                            {loop_, transport_, tokens_, signer_, limits_, metrics_, answer_threads_}};
  std::stop_source stop_;

 private:
  static const google::protobuf::ServiceDescriptor* Service(const char* name) {
    return google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
  }
};

}  // namespace firstmile::testing
