// Shopee's and the proxies' names are resolved only by our own look-up.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "support/byte_upstream.h"
#include "support/run_task.h"
#include "transport/curl_transport.h"
#include "transport/origin.h"

namespace firstmile::transport {
namespace {

using ::firstmile::testing::ByteUpstream;
using ::firstmile::testing::HttpAnswer;
using ::firstmile::testing::RunOnLoop;
using ::firstmile::testing::Wire;

constexpr char kName[] = "known-to-us-alone.test";

class NamedHostsTest : public ::testing::Test {
 protected:
  ~NamedHostsTest() override { loop_.Stop(); }

  static void Serve(ByteUpstream::Peer& peer) {
    while (const auto request = peer.Read()) {
      const bool connect = absl::StartsWith(request->head, "CONNECT ");
      peer.Write(connect ? "HTTP/1.1 200 OK\r\n\r\n" : HttpAnswer(request->target));
    }
  }
  std::string Named() const {
    return absl::StrCat("http://", kName, ":", OriginOf(upstream_.base_url()).port);
  }
  void Use(CurlTransportOptions options) {
    options.allow_plain_http = true;
    transport_.emplace(loop_, options, [this](const std::string& host) {
      ++look_ups_;
      return host == kName ? addresses_ : Addresses{{}, "another name"};
    });
  }
  HttpResult Get(const std::string& base_url) {
    HttpRequest request;
    request.url = secrets::Secret(base_url + "/path");
    request.timeout = std::chrono::seconds(30);
    return RunOnLoop(loop_, transport_->Send(std::move(request), {}));
  }

  Addresses addresses_{{"127.0.0.1"}, ""};
  std::atomic<int> look_ups_ = 0;
  ByteUpstream upstream_{Wire::kPlain, &NamedHostsTest::Serve};
  SystemClock clock_;
  EventLoop loop_{clock_, "test"};
  std::optional<CurlTransport> transport_;
};

TEST_F(NamedHostsTest, ShopeeIsFoundOnceForManyCalls) {
  Use({});
  for (int i = 0; i < 3; ++i) {
    const HttpResult result = Get(Named());
    EXPECT_EQ(result.response.body, "/path") << result.detail;
  }
  EXPECT_EQ(look_ups_, 1);
  EXPECT_EQ(upstream_.accepted(), 1);
}

TEST_F(NamedHostsTest, AnAddressThatDoesNotAnswerGivesWayToTheNext) {
  addresses_.found = {"::1", "127.0.0.1"};
  Use({});
  const HttpResult result = Get(Named());
  EXPECT_EQ(result.response.body, "/path") << result.detail;
}

TEST_F(NamedHostsTest, AProxyIsFoundAndFindsShopeeItself) {
  CurlTransportOptions options;
  options.proxy.url = Named();
  Use(options);
  for (int i = 0; i < 2; ++i) {
    const HttpResult result = Get("http://platform.test");
    EXPECT_EQ(result.response.body, "/path") << result.detail;
  }
  EXPECT_EQ(look_ups_, 1);
  EXPECT_EQ(upstream_.accepted(), 1) << "a tunnel is used again";
}

TEST_F(NamedHostsTest, AnUnknownHostIsReportedAndNothingIsSent) {
  Use({});
  const HttpResult result = Get("http://another.test");
  EXPECT_EQ(result.failure, HttpFailure::kNotSent);
  EXPECT_EQ(result.detail, "the host another.test cannot be resolved: another name");
}

TEST_F(NamedHostsTest, WhatThisProcessLacksToAskIsNotTheHostsFailure) {
  addresses_ = {{}, "Too many open files", true};
  Use({});
  EXPECT_EQ(Get(Named()).failure, HttpFailure::kLocalFault);
}

}  // namespace
}  // namespace firstmile::transport
