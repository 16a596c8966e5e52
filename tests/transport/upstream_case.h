// A transport before an upstream that does with bytes what a test says.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "support/byte_upstream.h"
#include "support/manual_clock.h"
#include "support/run_task.h"
#include "transport/curl_transport.h"

namespace firstmile::testing {

// As CurlTransport; ends its loop first.
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
  transport::HttpResult Get(const std::string& path) { return Send(Request(path)); }

  void Distrust() {
    loop_.Post([this] { transport_.Distrust(); });
    Settle(loop_);
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
