// Unrequested bytes are never taken for the answer to a request, however they arrive.
#include <gtest/gtest.h>

#include <atomic>
#include <ostream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "transport/upstream_case.h"

namespace firstmile::testing {
namespace {

using transport::HttpFailure;
using transport::HttpResult;
using CheckResult = transport::Connections::CheckResult;

constexpr int kCalls = 20;

std::string Stray() {
  return HttpAnswer("another call's");
}

std::string Chunked(const std::string& body, const std::string& trailers = "") {
  return absl::StrCat("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", absl::Hex(body.size()), "\r\n",
                      body, "\r\n0\r\n", trailers, "\r\n");
}

std::string Bare(const char* status) {
  return absl::StrCat("HTTP/1.1 ", status, "\r\n\r\n");
}

// The pieces in which an upstream answers a request with `body`; each piece is a packet, and over TLS a
// record.
struct Shape {
  const char* name;
  std::vector<std::string> (*pieces)(const std::string& body);
  bool has_body = true;
};

void PrintTo(const Shape& shape, std::ostream* out) {
  *out << shape.name;
}

const Shape kShapes[] = {
    {"InOnePiece", [](const std::string& body) { return std::vector{HttpAnswer(body) + Stray()}; }},
    {"InTwoPieces", [](const std::string& body) { return std::vector{HttpAnswer(body), Stray()}; }},
    // libcurl reads as much from TLS as the head announces; the rest of the record stays in the TLS library.
    {"BehindTheBody",
     [](const std::string& body) {
       const std::string answer = HttpAnswer(body);
       const std::size_t head = answer.size() - body.size();
       return std::vector{answer.substr(0, head), answer.substr(head) + Stray()};
     }},
    {"BehindABodyInParts",
     [](const std::string& body) {
       const std::string answer = HttpAnswer(body);
       const std::size_t most = answer.size() - 1;
       return std::vector{answer.substr(0, most), answer.substr(most) + Stray() + Stray()};
     }},
    {"LongerThanAnnounced",
     [](const std::string& body) { return std::vector{HttpAnswer(body), std::string("more")}; }},
    {"ASingleByte", [](const std::string& body) { return std::vector{HttpAnswer(body), std::string("\n")}; }},
    {"HalfAnAnswer",
     [](const std::string& body) { return std::vector{HttpAnswer(body), Stray().substr(0, 40)}; }},
    {"BehindChunks", [](const std::string& body) { return std::vector{Chunked(body) + Stray()}; }},
    {"ApartFromChunks", [](const std::string& body) { return std::vector{Chunked(body), Stray()}; }},
    {"CutBehindChunks",
     [](const std::string& body) {
       return std::vector{Chunked(body) + Stray().substr(0, 40), Stray().substr(40)};
     }},
    {"BehindTrailers",
     [](const std::string& body) { return std::vector{Chunked(body, "X: y\r\n") + Stray()}; }},
    {"ApartFromTrailers",
     [](const std::string& body) { return std::vector{Chunked(body, "X: y\r\n"), Stray()}; }},
    {"AfterAnInterimAnswer",
     [](const std::string& body) {
       return std::vector{Bare("103 Early Hints") + HttpAnswer(body), Stray()};
     }},
    {"AfterNoContent", [](const std::string&) { return std::vector{Bare("204 No Content"), Stray()}; },
     false},
    {"BehindNoContent", [](const std::string&) { return std::vector{Bare("204 No Content") + Stray()}; },
     false},
    {"AfterNotModified", [](const std::string&) { return std::vector{Bare("304 Not Modified"), Stray()}; },
     false},
};

class SurplusTest : public ::testing::TestWithParam<std::tuple<Wire, Shape>> {
 protected:
  // Waits until the whole answer to the `calls`-th request, surplus included, has reached the transport's
  // socket.
  void AwaitWritten(int calls) {
    while (written_ < calls) std::this_thread::yield();
  }

  const Shape shape_ = std::get<1>(GetParam());
  std::atomic<int> written_ = 0;
  ByteUpstream upstream_{std::get<0>(GetParam()), [this](ByteUpstream::Peer& peer) {
                           while (const auto request = peer.Read()) {
                             for (const std::string& piece : shape_.pieces(request->target))
                               peer.Write(piece);
                             ++written_;
                           }
                         }};
  TransportBefore transport_{upstream_};
};

TEST_P(SurplusTest, EveryCallGetsItsOwnAnswer) {
  for (int call = 1; call <= kCalls; ++call) {
    const std::string path = absl::StrCat("/call-", call);
    const HttpResult result = transport_.Get(path);
    ASSERT_EQ(result.failure, HttpFailure::kNone) << result.detail;
    ASSERT_EQ(result.response.body, shape_.has_body ? path : "") << "call " << call;
    AwaitWritten(call);
    transport_.clock().Advance(kTrustedAgain);  // otherwise only the first surplus could do harm
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, SurplusTest,
                         ::testing::Combine(::testing::Values(Wire::kPlain, Wire::kTls),
                                            ::testing::ValuesIn(kShapes)),
                         [](const auto& info) {
                           const bool tls = std::get<0>(info.param) == Wire::kTls;
                           return absl::StrCat(std::get<1>(info.param).name, tls ? "OverTls" : "");
                         });

class KeptConnectionTest : public ::testing::TestWithParam<Wire> {};

TEST_P(KeptConnectionTest, IsReused) {
  ByteUpstream upstream(GetParam(), [](ByteUpstream::Peer& peer) {
    while (const auto request = peer.Read()) peer.Write(HttpAnswer(request->target));
  });
  TransportBefore transport(upstream);
  for (int call = 0; call < kCalls; ++call) EXPECT_EQ(transport.Get("/own").response.body, "/own");
  EXPECT_EQ(upstream.accepted(), 1) << "TLS 1.3 sends session tickets, which are no surplus";
  EXPECT_EQ(transport.surplus(), 0);
}

TEST_P(KeptConnectionTest, IsReplacedWhenSomethingComesWhileItIsIdle) {
  std::atomic<bool> idle = false;
  std::atomic<bool> sent = false;
  ByteUpstream upstream(GetParam(), [&](ByteUpstream::Peer& peer) {
    while (const auto request = peer.Read()) {
      peer.Write(HttpAnswer(request->target));
      if (request->target != "/first") continue;
      while (!idle) std::this_thread::yield();
      peer.Write(Stray());
      sent = true;
    }
  });
  TransportBefore transport(upstream);
  EXPECT_EQ(transport.Get("/first").response.body, "/first");
  idle = true;
  while (!sent) std::this_thread::yield();
  EXPECT_EQ(transport.Get("/second").response.body, "/second");
  EXPECT_EQ(upstream.accepted(), 2);
  // From 8 on, libcurl may close such a connection itself before it is counted.
  const bool may_close_it = curl_version_info(CURLVERSION_NOW)->version_num >= 0x080000;
  EXPECT_LE(transport.surplus(), 1);
  if (!may_close_it) EXPECT_EQ(transport.surplus(), 1);
}

// Bytes that arrive during a request cannot be told from its answer, and an upstream that has sent a surplus
// once may do so again.
TEST_P(KeptConnectionTest, IsNotUsedTwiceForAMinuteAfterDistrust) {
  ByteUpstream upstream(GetParam(), [](ByteUpstream::Peer& peer) {
    while (const auto request = peer.Read()) peer.Write(HttpAnswer(request->target));
  });
  TransportBefore transport(upstream);
  transport.Get("/kept");
  transport.Distrust();
  for (int call = 0; call < 3; ++call) transport.Get("/alone");
  EXPECT_EQ(upstream.accepted(), 4);
  transport.clock().Advance(kTrustedAgain);
  for (int call = 0; call < 3; ++call) transport.Get("/kept");
  EXPECT_EQ(upstream.accepted(), 5) << "a new one, which is kept";
  EXPECT_EQ(transport.surplus(), 0);
}

TEST_P(KeptConnectionTest, IsNotTheOneOfARequestThatNeedsItsOwn) {
  ByteUpstream upstream(GetParam(), [](ByteUpstream::Peer& peer) {
    while (const auto request = peer.Read()) peer.Write(HttpAnswer(request->target));
  });
  TransportBefore transport(upstream);
  transport.Get("/kept");
  transport::HttpRequest alone = transport.Post("/alone", false);
  alone.own_connection = true;
  EXPECT_EQ(transport.Send(std::move(alone)).response.body, "/alone");
  EXPECT_EQ(transport.Get("/kept").response.body, "/kept");
  EXPECT_EQ(upstream.accepted(), 2) << "the first is kept, the second is not";
}

// The caller may have lost the right to send meanwhile, by waiting or because the process was suspended.
TEST_P(KeptConnectionTest, ThatStandsTooLateSendsNothing) {
  std::atomic<int> requests = 0;
  ByteUpstream upstream(GetParam(), [&](ByteUpstream::Peer& peer) {
    while (const auto request = peer.Read()) {
      ++requests;
      peer.Write(HttpAnswer(request->target));
    }
  });
  TransportBefore transport(upstream);
  for (const bool own_connection : {true, false, false}) {
    transport::HttpRequest late = transport.Post("/late", false);
    late.own_connection = own_connection;
    late.send_by = transport.clock().Monotonic() - std::chrono::milliseconds(1);
    EXPECT_EQ(transport.Send(std::move(late)).failure, HttpFailure::kTooLateToSend);
    transport::HttpRequest timely = transport.Post("/timely", false);
    timely.send_by = transport.clock().Monotonic();
    EXPECT_EQ(transport.Send(std::move(timely)).response.body, "/timely");
  }
  EXPECT_EQ(requests, 3);
  EXPECT_TRUE(transport::NothingWasSent(HttpFailure::kTooLateToSend));
}

TEST_P(KeptConnectionTest, IsNotUsedAgainAfterACallThatTimedOut) {
  std::atomic<bool> late = false;
  ByteUpstream upstream(GetParam(), [&](ByteUpstream::Peer& peer) {
    while (const auto request = peer.Read()) {
      while (request->target == "/silent" && !late) std::this_thread::yield();
      peer.Write(HttpAnswer(request->target));
    }
  });
  TransportBefore transport(upstream);
  EXPECT_EQ(transport.Get("/first").response.body, "/first");
  transport::HttpRequest silent = transport.Request("/silent");
  silent.timeout = std::chrono::milliseconds(100);
  EXPECT_EQ(transport.Send(std::move(silent)).failure, HttpFailure::kTimedOut);
  late = true;
  for (int call = 0; call < kCalls; ++call) EXPECT_EQ(transport.Get("/own").response.body, "/own");
  EXPECT_EQ(upstream.accepted(), 2);
}

// Without the check before sending, the request would be lost and its outcome unknown.
TEST_P(KeptConnectionTest, ThatTheUpstreamHasClosedLosesNoWrite) {
  std::atomic<int> posts = 0;
  std::atomic<int> closed = 0;
  ByteUpstream upstream(GetParam(), [&](ByteUpstream::Peer& peer) {
    const auto request = peer.Read();
    if (!request.has_value()) return;
    peer.Write(HttpAnswer(request->target));
    ++posts;
    ++closed;
  });
  TransportBefore transport(upstream);
  for (int call = 1; call <= kCalls; ++call) {
    EXPECT_EQ(transport.Send(transport.Post("/write", false)).response.body, "/write");
    while (closed < call) std::this_thread::yield();
  }
  EXPECT_EQ(posts, kCalls);
  EXPECT_EQ(transport.surplus(), 0) << "a connection that ends is no surplus";
}

TEST_P(KeptConnectionTest, SpeaksHttp11AndOffersNothingElse) {
  ByteUpstream upstream(GetParam(), [](ByteUpstream::Peer& peer) {
    while (const auto request = peer.Read()) peer.Write(HttpAnswer(request->target));
  });
  TransportBefore transport(upstream);
  EXPECT_EQ(transport.Get("/own").response.body, "/own");
  EXPECT_EQ(upstream.offered_protocols(), GetParam() == Wire::kTls ? "\x08http/1.1" : "");
}

INSTANTIATE_TEST_SUITE_P(Wires, KeptConnectionTest, ::testing::Values(Wire::kPlain, Wire::kTls), WireName);

// A new connection before its first request, as libcurl opens it.
class NewConnectionTest : public ::testing::Test {
 protected:
  NewConnectionTest() {
    connections_.Watch(easy_);
    curl_easy_setopt(easy_, CURLOPT_URL, upstream_.base_url().c_str());
    curl_easy_setopt(easy_, CURLOPT_CONNECT_ONLY, 1L);
    EXPECT_EQ(curl_easy_perform(easy_), CURLE_OK);
    curl_easy_getinfo(easy_, CURLINFO_PRIMARY_IP, &ends_.remote_ip);
    curl_easy_getinfo(easy_, CURLINFO_PRIMARY_PORT, &remote_port_);
    curl_easy_getinfo(easy_, CURLINFO_LOCAL_IP, &ends_.local_ip);
    curl_easy_getinfo(easy_, CURLINFO_LOCAL_PORT, &local_port_);
    ends_.remote_port = static_cast<int>(remote_port_);
    ends_.local_port = static_cast<int>(local_port_);
  }
  ~NewConnectionTest() override {
    act_ = 'e';
    curl_easy_cleanup(easy_);
  }

  // 's': sends bytes, 'e': ends.
  void Let(char act) {
    act_ = act;
    while (act_ != '-') std::this_thread::yield();
  }
  CheckResult Check(bool tls = false) { return connections_.Check(easy_, tls, ends_); }

  std::atomic<char> act_ = '-';
  ByteUpstream upstream_{Wire::kPlain, [this](ByteUpstream::Peer& peer) {
                           while (act_ == '-') std::this_thread::yield();
                           const char act = act_;
                           if (act == 's') peer.Write(Stray());
                           if (act == 'e') peer.End();
                           act_ = '-';
                           if (act == 's') peer.AwaitClose();
                         }};
  transport::Connections connections_;
  CURL* easy_ = curl_easy_init();
  transport::Connections::Ends ends_{};
  long remote_port_ = 0;
  long local_port_ = 0;
};

TEST_F(NewConnectionTest, IsSilent) {
  EXPECT_EQ(Check(), CheckResult::kReady);
  EXPECT_EQ(Check(), CheckResult::kReady);
}

TEST_F(NewConnectionTest, SpeaksWhenTheUpstreamBeginsByItself) {
  Let('s');
  EXPECT_EQ(Check(), CheckResult::kUnrequestedBytes);
}

// Session tickets arrive with the handshake.
TEST_F(NewConnectionTest, MaySpeakOverTlsBeforeItsFirstRequestOnly) {
  Let('s');
  EXPECT_EQ(Check(true), CheckResult::kReady);
  EXPECT_EQ(Check(true), CheckResult::kUnrequestedBytes);
}

TEST_F(NewConnectionTest, IsSeenToBeClosed) {
  Let('e');
  EXPECT_EQ(Check(), CheckResult::kClosed);
}

TEST_F(NewConnectionTest, IsNotTrustedWhenUnknown) {
  ++ends_.local_port;
  EXPECT_EQ(Check(), CheckResult::kDistrusted);
}

TEST_F(NewConnectionTest, IsNotTrustedWhenItIsOlderThanTheDistrust) {
  EXPECT_EQ(Check(), CheckResult::kReady);
  connections_.Distrust();
  EXPECT_EQ(Check(), CheckResult::kDistrusted);
}

}  // namespace
}  // namespace firstmile::testing
