// HTTP/2: calls share connections, except those on which a call has timed out.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/http2_peer.h"
#include "transport/upstream_case.h"

namespace firstmile::testing {
namespace {

using transport::HttpFailure;
using transport::HttpRequest;
using transport::HttpResult;

constexpr int kManyCalls = 20;
constexpr char kSilent[] = "silent";    // never answered
constexpr char kSlow[] = "slow";        // answered after a silent one, once allowed
constexpr char kRefused[] = "refused";  // refused with GOAWAY before processing

// Answers each request with its body, out of order for special bodies.
class Http2Test : public ::testing::Test {
 protected:
  static transport::CurlTransportOptions Http2() {
    transport::CurlTransportOptions options;
    options.http2 = true;
    return options;
  }

  void ServeHttp1(ByteUpstream::Peer& peer) {
    while (const auto request = peer.Read()) {
      ++http1_requests_;
      peer.Write(HttpAnswer(request->body));
    }
  }

  void ServeHttp2(ByteUpstream::Peer& connection) {
    Http2Peer peer(connection);
    std::optional<Http2Peer::Request> slow;
    while (const auto request = peer.Read()) {
      ++requests_;
      if (request->body == kRefused && refusals_.fetch_add(1) == 0) {
        peer.GoAway(request->stream - 2);
        while (!slow_may_end_) std::this_thread::yield();
        return peer.Answer(slow->stream, slow->body);
      }
      if (request->body == kSlow) slow = request;
      if (request->body == kSilent && slow.has_value()) {
        while (!slow_may_end_) std::this_thread::yield();
        peer.Answer(slow->stream, slow->body);
      }
      if (request->body != kSilent && request->body != kSlow) peer.Answer(request->stream, request->body);
    }
  }

  HttpRequest Request(const std::string& body, bool repeatable = true) {
    HttpRequest request = transport_.Post("/", repeatable);
    request.body = body;
    return request;
  }
  HttpRequest Silent() {
    HttpRequest request = Request(kSilent);
    request.timeout = std::chrono::milliseconds(100);
    return request;
  }
  std::future<HttpResult> StartSlow() {
    auto slow = transport_.Start(Request(kSlow));
    AwaitRequests(1);
    return slow;
  }
  std::string Answer(const std::string& body) {
    const HttpResult result = transport_.Send(Request(body));
    return result.failure == HttpFailure::kNone ? result.response.body : result.detail;
  }
  void AwaitRequests(int count) {
    while (requests_ < count) std::this_thread::yield();
  }

  std::atomic<int> http1_requests_ = 0;
  std::atomic<int> requests_ = 0;
  std::atomic<int> refusals_ = 0;
  std::atomic<bool> slow_may_end_ = false;
  ByteUpstream upstream_{Wire::kHttp2, [this](ByteUpstream::Peer& peer) {
                           if (peer.http2()) return ServeHttp2(peer);
                           ServeHttp1(peer);
                         }};
  TransportBefore transport_{upstream_, Http2()};
};

TEST_F(Http2Test, CallsAtATimeShareAConnection) {
  std::vector<std::future<HttpResult>> calls;
  for (int call = 0; call < kManyCalls; ++call)
    calls.push_back(transport_.Start(Request(std::to_string(call))));
  for (int call = 0; call < kManyCalls; ++call) {
    const HttpResult result = calls[static_cast<std::size_t>(call)].get();
    EXPECT_EQ(result.failure, HttpFailure::kNone) << result.detail;
    EXPECT_EQ(result.response.body, std::to_string(call));
  }
  EXPECT_EQ(upstream_.offered_protocols(), "\x02h2\x08http/1.1");
  EXPECT_EQ(upstream_.accepted(), 1);
  EXPECT_EQ(requests_, kManyCalls);
  EXPECT_EQ(transport_.surplus(), 0) << "frames of other streams are none";
}

TEST_F(Http2Test, AConnectionWhereACallHasTimedOutCarriesNoOther) {
  EXPECT_EQ(Answer("first"), "first");
  EXPECT_EQ(transport_.Send(Silent()).failure, HttpFailure::kTimedOut);
  for (int call = 0; call < kManyCalls; ++call) EXPECT_EQ(Answer("later"), "later");
  EXPECT_EQ(upstream_.accepted(), 2);
}

// A caller's deadline arrives as a stop.
TEST_F(Http2Test, AConnectionWhereACallWasStoppedCarriesNoOther) {
  std::stop_source stop;
  auto stopped = transport_.Start(Request(kSilent), stop.get_token());
  AwaitRequests(1);
  stop.request_stop();
  EXPECT_EQ(stopped.get().failure, HttpFailure::kStopped);
  for (int call = 0; call < kManyCalls; ++call) EXPECT_EQ(Answer("later"), "later");
  EXPECT_EQ(upstream_.accepted(), 2);
}

TEST_F(Http2Test, ManyCallsThatTimeOutTogetherCostOneConnection) {
  EXPECT_EQ(Answer("first"), "first");
  std::vector<std::future<HttpResult>> silent;
  for (int call = 0; call < kManyCalls; ++call) silent.push_back(transport_.Start(Silent()));
  for (auto& call : silent) EXPECT_EQ(call.get().failure, HttpFailure::kTimedOut);
  for (int call = 0; call < kManyCalls; ++call) EXPECT_EQ(Answer("later"), "later");
  EXPECT_EQ(upstream_.accepted(), 2);
}

TEST_F(Http2Test, OtherCallsOnTheConnectionGoOnAndItEndsWithThem) {
  auto slow = StartSlow();
  EXPECT_EQ(transport_.Send(Silent()).failure, HttpFailure::kTimedOut);
  EXPECT_EQ(Answer("later"), "later");
  EXPECT_EQ(upstream_.accepted(), 2);
  EXPECT_EQ(transport_.pools(), 2U);
  slow_may_end_ = true;
  EXPECT_EQ(slow.get().response.body, kSlow);
  while (transport_.pools() > 1) std::this_thread::yield();
}

// libcurl repeats requests that GOAWAY declares unprocessed, on a new connection.
TEST_F(Http2Test, ACallThatTheUpstreamHasNotLookedAtDoesNotFail) {
  auto slow = StartSlow();
  EXPECT_EQ(Answer(kRefused), kRefused);
  EXPECT_EQ(upstream_.accepted(), 2);
  slow_may_end_ = true;
  EXPECT_EQ(slow.get().response.body, kSlow);
}

TEST_F(Http2Test, ACallThatMustNotRepeatIsSentOnce) {
  auto slow = StartSlow();
  const HttpResult result = transport_.Send(Request(kRefused, false));
  EXPECT_EQ(result.failure, HttpFailure::kNoAnswer);
  EXPECT_EQ(result.detail, "the connection ended without an answer");
  EXPECT_EQ(requests_, 2);
  slow_may_end_ = true;
  EXPECT_EQ(slow.get().response.body, kSlow);
}

TEST_F(Http2Test, ACallThatNeedsItsOwnConnectionSpeaksHttp11) {
  EXPECT_EQ(Answer("first"), "first");
  HttpRequest alone = Request("alone");
  alone.own_connection = true;
  EXPECT_EQ(transport_.Send(std::move(alone)).response.body, "alone");
  EXPECT_EQ(http1_requests_, 1);
  EXPECT_EQ(Answer("later"), "later");
  EXPECT_EQ(upstream_.accepted(), 2);
  EXPECT_EQ(requests_, 2);
}

TEST_F(Http2Test, NoConnectionIsSharedForAMinuteAfterDistrust) {
  EXPECT_EQ(Answer("first"), "first");
  transport_.Distrust();
  for (int call = 0; call < 3; ++call) EXPECT_EQ(Answer("alone"), "alone");
  EXPECT_EQ(http1_requests_, 3);
  EXPECT_EQ(upstream_.accepted(), 4);
  transport_.clock().Advance(kTrustedAgain);
  for (int call = 0; call < 3; ++call) EXPECT_EQ(Answer("later"), "later");
  EXPECT_EQ(upstream_.accepted(), 5) << "a new one, which is kept";
}

}  // namespace
}  // namespace firstmile::testing
