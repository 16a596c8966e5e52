// Sinks that receive bodies as they arrive, over real sockets.
#include "transport/body_sink.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

#include "transport/upstream_case.h"

namespace firstmile::transport {
namespace {

using testing::ByteUpstream;
using testing::HttpAnswer;
using testing::TransportBefore;
using testing::Wire;

// More than socket buffers hold.
constexpr std::size_t kLargeBytes = std::size_t{48} << 20;

// Takes bodies that begin with "F", and pauses when it has enough.
class CountingSink : public BodySink {
 public:
  explicit CountingSink(std::size_t capacity = kLargeBytes) : capacity_(capacity) {}

  Choice Choose(const AnswerHead& head, absl::string_view begin) override {
    announced = head.body_bytes;
    if (begin.size() < 2) return Choice::kMore;
    return begin.front() == 'F' ? Choice::kTake : Choice::kLeave;
  }
  bool Take(absl::string_view bytes) override {
    if (taken != 0 && taken + bytes.size() > capacity_) {
      if (!full_) full.set_value();
      full_ = true;
      return false;
    }
    taken += bytes.size();
    return true;
  }
  void MakeRoom() {
    capacity_ = kLargeBytes;
    Resume();
  }

  std::size_t taken = 0;
  std::int64_t announced = -2;
  std::promise<void> full;

 private:
  std::size_t capacity_;
  bool full_ = false;
};

std::string File(std::size_t bytes) {
  return HttpAnswer("F" + std::string(bytes - 1, 'x'));
}

class BodySinkTest : public ::testing::TestWithParam<Wire> {
 protected:
  static CurlTransportOptions Options() {
    CurlTransportOptions options;
    options.sunk_bytes_max = 2 * kLargeBytes;
    return options;
  }
  static HttpRequest With(BodySink& sink, HttpRequest request) {
    request.sink = &sink;
    request.sink_timeout = std::chrono::seconds(60);
    return request;
  }
};

TEST_P(BodySinkTest, ReceivesTheBodyInsteadOfTheAnswer) {
  ByteUpstream upstream(GetParam(), [](ByteUpstream::Peer& peer) {
    while (peer.Read()) peer.Write(File(100'000));
  });
  TransportBefore transport(upstream, Options());
  CountingSink sink;
  const HttpResult result = transport.Send(With(sink, transport.Request("/")));
  EXPECT_EQ(result.failure, HttpFailure::kNone) << result.detail;
  EXPECT_EQ(sink.taken, 100'000U);
  EXPECT_EQ(sink.announced, 100'000);
  EXPECT_EQ(result.response.sunk_bytes, 100'000U);
  EXPECT_EQ(result.response.body, "");
}

TEST_P(BodySinkTest, LeavesWhatItDoesNotWant) {
  ByteUpstream upstream(GetParam(), [](ByteUpstream::Peer& peer) {
    while (peer.Read()) peer.Write(HttpAnswer("{\"error\":\"no\"}"));
  });
  TransportBefore transport(upstream, Options());
  CountingSink sink;
  const HttpResult result = transport.Send(With(sink, transport.Request("/")));
  EXPECT_EQ(sink.taken, 0U);
  EXPECT_EQ(result.response.body, "{\"error\":\"no\"}");
}

TEST_P(BodySinkTest, APausedOneStopsTheUpstreamAndNoOtherTransfer) {
  std::atomic<bool> written = false;
  ByteUpstream upstream(GetParam(), [&written](ByteUpstream::Peer& peer) {
    while (const auto request = peer.Read()) {
      const bool large = request->target == "/large";
      peer.Write(large ? File(kLargeBytes) : HttpAnswer("small"));
      if (large) written = true;
    }
  });
  TransportBefore transport(upstream, Options());
  CountingSink sink(1'000'000);
  std::future<HttpResult> paused = transport.Start(With(sink, transport.Request("/large")));
  sink.full.get_future().wait();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(transport.Get("/small").response.body, "small");
  EXPECT_FALSE(written);
  transport.OnLoop([&sink] { sink.MakeRoom(); });
  const HttpResult result = paused.get();
  EXPECT_EQ(result.failure, HttpFailure::kNone) << result.detail;
  EXPECT_EQ(result.response.sunk_bytes, kLargeBytes);
}

TEST_P(BodySinkTest, AStopEndsAPausedOne) {
  ByteUpstream upstream(GetParam(), [](ByteUpstream::Peer& peer) {
    while (peer.Read()) peer.Write(File(kLargeBytes));
  });
  TransportBefore transport(upstream, Options());
  CountingSink sink(1'000'000);
  std::stop_source stop;
  std::future<HttpResult> paused = transport.Start(With(sink, transport.Request("/")), stop.get_token());
  sink.full.get_future().wait();
  stop.request_stop();
  EXPECT_EQ(paused.get().failure, HttpFailure::kStopped);
}

TEST(BodySinkSilence, InTheMiddleIsNoAnswerInTime) {
  ByteUpstream upstream(Wire::kPlain, [](ByteUpstream::Peer& peer) {
    while (peer.Read()) {
      peer.Write(File(100'000).substr(0, 50'000));
      peer.AwaitClose();
    }
  });
  TransportBefore transport(upstream);
  CountingSink sink;
  HttpRequest request = transport.Request("/");
  request.sink = &sink;
  request.sink_timeout = std::chrono::seconds(60);
  request.timeout = std::chrono::seconds(1);
  const HttpResult result = transport.Send(std::move(request));
  EXPECT_EQ(result.failure, HttpFailure::kTimedOut) << result.detail;
  EXPECT_GT(result.response.sunk_bytes, 40'000U);
  EXPECT_EQ(result.response.sunk_bytes, sink.taken);
}

TEST_P(BodySinkTest, AFileBeyondTheBoundEndsThere) {
  ByteUpstream upstream(GetParam(), [](ByteUpstream::Peer& peer) {
    while (peer.Read()) peer.Write(File(200'000));
  });
  CurlTransportOptions options;
  options.sunk_bytes_max = 100'000;
  TransportBefore transport(upstream, options);
  CountingSink sink;
  const HttpResult result = transport.Send(With(sink, transport.Request("/")));
  EXPECT_EQ(result.failure, HttpFailure::kBodyTooLarge);
  EXPECT_LE(sink.taken, 100'000U);
}

INSTANTIATE_TEST_SUITE_P(Wires, BodySinkTest, ::testing::Values(Wire::kPlain, Wire::kTls), testing::WireName);

}  // namespace
}  // namespace firstmile::transport
