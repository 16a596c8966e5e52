// Requests are sent through a configured proxy, and its refusals are reported as its own.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "support/byte_upstream.h"
#include "support/run_task.h"
#include "transport/curl_transport.h"

namespace firstmile::transport {
namespace {

using ::firstmile::testing::ByteUpstream;
using ::firstmile::testing::HttpAnswer;
using ::firstmile::testing::RunOnLoop;
using ::firstmile::testing::Wire;

// A name that only the proxy knows.
constexpr char kPlatform[] = "http://platform.test";

// A proxy whose tunnels end at a platform that answers with the target.
class ProxyTest : public ::testing::Test {
 protected:
  ~ProxyTest() override { loop_.Stop(); }

  void Serve(ByteUpstream::Peer& peer) {
    while (const auto request = peer.Read()) {
      Note(request->head);
      const bool connect = absl::StartsWith(request->head, "CONNECT ");
      if (connect && silent_) return peer.AwaitClose();
      peer.Write(connect ? absl::StrCat("HTTP/1.1 ", answer_, "\r\n\r\n") : HttpAnswer(request->target));
      if (connect && answer_ != kTunnel) return;
    }
  }
  void Note(const std::string& head) {
    const std::lock_guard lock(mutex_);
    heads_.push_back(head);
  }
  HttpResult Send(bool post = false, std::string user = "") {
    CurlTransportOptions options;
    options.allow_plain_http = true;
    options.proxy = {proxy_.base_url(), std::move(user), secrets::Secret(std::string("canarypassword"))};
    return SendThrough(options, post);
  }
  HttpResult SendThrough(const CurlTransportOptions& options, bool post) {
    transport_.emplace(loop_, options);
    return RunOnLoop(loop_, transport_->Send(RequestOf(post), {}));
  }
  static HttpRequest RequestOf(bool post) {
    HttpRequest request;
    request.url = secrets::Secret(absl::StrCat(kPlatform, "/path"));
    request.post = post;
    request.body = "{}";
    request.repeatable = !post;
    request.timeout = std::chrono::seconds(30);
    return request;
  }

  static constexpr char kTunnel[] = "200 Connection established";
  std::string answer_ = kTunnel;
  std::atomic<bool> silent_ = false;
  std::mutex mutex_;
  std::vector<std::string> heads_;  // guarded by mutex_
  ByteUpstream proxy_{Wire::kPlain, [this](ByteUpstream::Peer& peer) { Serve(peer); }};
  SystemClock clock_;
  EventLoop loop_{clock_, "test"};
  std::optional<CurlTransport> transport_;
};

TEST_F(ProxyTest, RequestsGoThroughATunnelAndTheProxyFindsShopee) {
  const HttpResult result = Send();
  EXPECT_EQ(result.response.body, "/path") << result.detail;
  const std::lock_guard lock(mutex_);
  ASSERT_EQ(heads_.size(), 2U);
  EXPECT_TRUE(absl::StartsWith(heads_[0], "CONNECT platform.test:80 HTTP/1.1")) << heads_[0];
  EXPECT_FALSE(absl::StrContains(heads_[0], "path")) << "tokens stand behind it";
}

TEST_F(ProxyTest, ThePasswordIsForTheProxyAlone) {
  EXPECT_EQ(Send(false, "user").response.body, "/path");
  const std::lock_guard lock(mutex_);
  EXPECT_TRUE(absl::StrContains(heads_[0], "Proxy-Authorization: Basic ")) << heads_[0];
  EXPECT_FALSE(absl::StrContains(heads_[1], "Authorization")) << heads_[1];
}

TEST_F(ProxyTest, ARefusalIsTheProxysAndNothingWasSent) {
  answer_ = "403 Forbidden";
  for (const bool post : {false, true}) {
    const HttpResult result = Send(post);
    EXPECT_EQ(result.failure, HttpFailure::kNotSent);
    EXPECT_EQ(result.detail, absl::StrCat("the proxy ", proxy_.base_url(), " refuses with 403"));
  }
}

TEST_F(ProxyTest, AProxyThatWantsAnotherPasswordSaysSo) {
  answer_ = "407 Proxy Authentication Required";
  const HttpResult result = Send(true, "user");
  EXPECT_EQ(result.failure, HttpFailure::kNotSent);
  EXPECT_TRUE(absl::StrContains(result.detail, "asks for another user or password")) << result.detail;
  EXPECT_FALSE(absl::StrContains(result.detail, "canary")) << result.detail;
}

TEST_F(ProxyTest, AProxyThatIsSilentHasNotSentTheRequest) {
  silent_ = true;
  CurlTransportOptions options;
  options.allow_plain_http = true;
  options.connect_timeout = std::chrono::milliseconds(50);
  options.proxy.url = proxy_.base_url();
  const HttpResult result = SendThrough(options, true);
  EXPECT_EQ(result.failure, HttpFailure::kNotSent);
  EXPECT_TRUE(absl::StrContains(result.detail, proxy_.base_url())) << result.detail;
}

TEST_F(ProxyTest, AProxyThatIsNotThereIsNamed) {
  CurlTransportOptions options;
  options.allow_plain_http = true;
  options.proxy.url = "http://127.0.0.1:1";
  const HttpResult result = SendThrough(options, false);
  EXPECT_EQ(result.failure, HttpFailure::kNotSent);
  EXPECT_TRUE(absl::StrContains(result.detail, "through the proxy http://127.0.0.1:1: ")) << result.detail;
}

}  // namespace
}  // namespace firstmile::transport
