// A transport connected to a scripted upstream.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "support/byte_upstream.h"
#include "support/manual_clock.h"
#include "support/run_task.h"
#include "transport/curl_transport.h"

namespace firstmile::testing {

// Longer than the distrust of an upstream lasts.
inline constexpr absl::Duration kTrustedAgain = absl::Seconds(61);

// A CurlTransport whose loop ends before it.
class TransportBefore {
 public:
  explicit TransportBefore(const ByteUpstream& upstream, transport::CurlTransportOptions options = {})
      : base_url_(upstream.base_url()), transport_(loop_, Completed(std::move(options), upstream)) {}
  ~TransportBefore() { loop_.Stop(); }

  transport::HttpRequest Request(const std::string& path) const {
    transport::HttpRequest request;
    request.url = secrets::Secret(base_url_ + path);
    request.timeout = std::chrono::seconds(30);
    return request;
  }
  transport::HttpRequest Post(const std::string& path, bool repeatable) const {
    transport::HttpRequest request = Request(path);
    request.post = true;
    request.body = "{}";
    request.repeatable = repeatable;
    return request;
  }
  transport::HttpResult Send(transport::HttpRequest request) {
    return RunOnLoop(loop_, transport_.Send(std::move(request), {}));
  }
  template <typename Work>
  void OnLoop(Work work) {
    loop_.Post(work);
    Settle(loop_);
  }
  transport::HttpResult Get(const std::string& path) { return Send(Request(path)); }

  std::future<transport::HttpResult> Start(transport::HttpRequest request, std::stop_token stop = {}) {
    return StartOnLoop(loop_, transport_.Send(std::move(request), std::move(stop)));
  }

  void Distrust() {
    loop_.Post([this] { transport_.Distrust(); });
    Settle(loop_);
  }
  std::size_t pools() {
    std::promise<std::size_t> count;
    loop_.Post([&] { count.set_value(loop_.pools().count()); });
    return count.get_future().get();
  }
  ManualClock& clock() { return clock_; }
  int surplus() const { return surplus_; }

 private:
  transport::CurlTransportOptions Completed(transport::CurlTransportOptions options,
                                            const ByteUpstream& upstream) {
    options.allow_plain_http = true;
    if (options.ca_file.empty()) options.ca_file = upstream.ca_file();
    options.on_surplus = [this](bool) { ++surplus_; };
    return options;
  }

  const std::string base_url_;
  std::atomic<int> surplus_ = 0;
  ManualClock clock_;
  transport::EventLoop loop_{clock_, "test"};
  transport::CurlTransport transport_;
};

inline std::string WireName(const ::testing::TestParamInfo<Wire>& info) {
  return info.param == Wire::kTls ? "Tls" : "Plain";
}

}  // namespace firstmile::testing
