// Against the emulator over real sockets: what the transport promises about failures.
#include "transport/curl_transport.h"

#include <gtest/gtest.h>

#include <absl/strings/str_cat.h>

#include <thread>

#include "emulator/emulator.h"
#include "support/run_task.h"

namespace firstmile::transport {
namespace {

using ::firstmile::testing::RunOnLoop;
using ::firstmile::testing::StartOnLoop;

constexpr char kPath[] = "/api/v2/first_mile/generate_first_mile_tracking_number";

class CurlTransportTest : public ::testing::Test {
 protected:
  static CurlTransportOptions Options() {
    CurlTransportOptions options;
    options.allow_plain_http = true;
    options.body_bytes_max = 4096;
    return options;
  }

  HttpRequest Request(bool post = false) {
    HttpRequest request;
    request.url = secrets::Secret(emulator_.base_url() + kPath);
    request.post = post;
    request.body = "{}";
    request.timeout = std::chrono::seconds(30);
    return request;
  }

  HttpResult Send(HttpRequest request) { return RunOnLoop(loop_, transport_.Send(std::move(request), {})); }

  void SetFault(emulator::Fault::Action action, int skip = 0, std::string body = "{}") {
    emulator::Fault fault;
    fault.action = action;
    fault.skip = skip;
    fault.status = 200;
    fault.body = std::move(body);
    emulator_.SetFault(fault);
  }

  // Waits until a counter of the emulator has a value; the test's own time limit bounds it.
  template <typename Condition>
  void Await(Condition condition) {
    while (!condition(emulator_.counters())) std::this_thread::yield();
  }

  emulator::Emulator emulator_;
  SystemClock clock_;
  EventLoop loop_{clock_, "test"};
  CurlTransport transport_{loop_, Options()};
};

// The loop stops before the transport that lives on it.
class StoppedLoop {
 public:
  explicit StoppedLoop(EventLoop& loop) : loop_(loop) {}
  ~StoppedLoop() { loop_.Stop(); }

 private:
  EventLoop& loop_;
};

TEST_F(CurlTransportTest, GivesStatusTypeAndBodyOfAnAnswer) {
  const StoppedLoop stop(loop_);
  SetFault(emulator::Fault::Action::kAnswer, 0, "{\"a\":1}");
  const HttpResult result = Send(Request(true));
  EXPECT_EQ(result.failure, HttpFailure::kNone);
  EXPECT_EQ(result.response.status, 200);
  EXPECT_EQ(result.response.content_type, "application/json");
  EXPECT_EQ(result.response.body, "{\"a\":1}");
}

TEST_F(CurlTransportTest, AnHttpErrorStatusIsAnAnswer) {
  const StoppedLoop stop(loop_);
  emulator::Fault fault;
  fault.status = 503;
  fault.content_type = "text/html";
  fault.body = "<html>";
  emulator_.SetFault(fault);
  const HttpResult result = Send(Request());
  EXPECT_EQ(result.failure, HttpFailure::kNone);
  EXPECT_EQ(result.response.status, 503);
}

TEST_F(CurlTransportTest, NothingWasSentWhenNobodyListens) {
  const StoppedLoop stop(loop_);
  HttpRequest request = Request();
  emulator_.Stop();
  EXPECT_EQ(Send(std::move(request)).failure, HttpFailure::kNotSent);
}

TEST_F(CurlTransportTest, AConnectionClosedWithoutAnAnswerLeavesTheOutcomeOpen) {
  const StoppedLoop stop(loop_);
  SetFault(emulator::Fault::Action::kClose);
  EXPECT_EQ(Send(Request(true)).failure, HttpFailure::kNoAnswer);
}

TEST_F(CurlTransportTest, ATruncatedBodyIsNoAnswer) {
  const StoppedLoop stop(loop_);
  SetFault(emulator::Fault::Action::kTruncate);
  EXPECT_EQ(Send(Request()).failure, HttpFailure::kNoAnswer);
}

TEST_F(CurlTransportTest, AnAttemptEndsAfterItsTime) {
  const StoppedLoop stop(loop_);
  SetFault(emulator::Fault::Action::kNeverAnswer);
  HttpRequest request = Request();
  request.timeout = std::chrono::milliseconds(50);
  EXPECT_EQ(Send(std::move(request)).failure, HttpFailure::kTimedOut);
}

TEST_F(CurlTransportTest, AStopDropsTheTransferAndItsConnection) {
  const StoppedLoop stop_loop(loop_);
  SetFault(emulator::Fault::Action::kNeverAnswer);
  std::stop_source stop;
  auto result = StartOnLoop(loop_, transport_.Send(Request(), stop.get_token()));
  Await([](const emulator::Counters& now) { return now.in_flight == 1; });
  stop.request_stop();
  EXPECT_EQ(result.get().failure, HttpFailure::kStopped);
  Await([](const emulator::Counters& now) { return now.in_flight == 0 && now.abandoned == 1; });
}

TEST_F(CurlTransportTest, GivesTheHeadersThatTellOfTime) {
  const StoppedLoop stop(loop_);
  EXPECT_EQ(Send(Request(true)).response.retry_after, "");
  emulator::Fault fault;
  fault.action = emulator::Fault::Action::kAnswer;
  fault.status = 503;
  fault.headers = {{"Retry-After", "3"}};
  emulator_.SetFault(fault);
  const HttpResult result = Send(Request(true));
  EXPECT_EQ(result.response.retry_after, "3");
  EXPECT_NE(result.response.date, "");
}

TEST_F(CurlTransportTest, ABodyOverTheLimitIsRefused) {
  const StoppedLoop stop(loop_);
  SetFault(emulator::Fault::Action::kAnswer, 0, std::string(4097, 'x'));
  EXPECT_EQ(Send(Request()).failure, HttpFailure::kBodyTooLarge);
}

TEST_F(CurlTransportTest, ARequestMayLimitItsAnswerFurther) {
  const StoppedLoop stop(loop_);
  SetFault(emulator::Fault::Action::kAnswer, 0, std::string(100, 'x'));
  HttpRequest request = Request();
  request.answer_bytes_max = 99;
  const HttpResult result = Send(std::move(request));
  EXPECT_EQ(result.failure, HttpFailure::kBodyTooLarge);
  EXPECT_EQ(result.detail, "the answer has more than 99 bytes");
  request = Request();
  request.answer_bytes_max = 100;
  EXPECT_EQ(Send(std::move(request)).failure, HttpFailure::kNone);
  // The transport's own limit stays.
  emulator_.ClearFaults();
  SetFault(emulator::Fault::Action::kAnswer, 0, std::string(4097, 'x'));
  request = Request();
  request.answer_bytes_max = 10'000;
  EXPECT_EQ(Send(std::move(request)).failure, HttpFailure::kBodyTooLarge);
}

TEST_F(CurlTransportTest, LargeBodiesTakeTheirMemoryFromTheBudgetUntilTheyAreGone) {
  constexpr std::size_t kLarge = 100'000;
  ByteBudget budget(150'000);
  CurlTransportOptions options = Options();
  options.body_bytes_max = 1 << 20;
  options.answer_memory = &budget;
  CurlTransport transport(loop_, options);
  const StoppedLoop stop(loop_);
  const auto send = [&] { return RunOnLoop(loop_, transport.Send(Request(), {})); };
  SetFault(emulator::Fault::Action::kAnswer, 0, std::string(kLarge, 'x'));
  {
    const HttpResult first = send();
    ASSERT_EQ(first.failure, HttpFailure::kNone);
    EXPECT_EQ(budget.taken(), static_cast<std::int64_t>(kLarge));
    const HttpResult second = send();
    EXPECT_EQ(second.failure, HttpFailure::kAnswerDropped);
    EXPECT_EQ(second.detail,
              "it does not fit into the 150000 bytes that large answers may take together "
              "(limits.memory_max_mb)");
    EXPECT_FALSE(NothingWasSent(second.failure));
  }
  EXPECT_EQ(budget.taken(), 0);
  EXPECT_EQ(send().failure, HttpFailure::kNone);
}

TEST_F(CurlTransportTest, SmallBodiesTakeNothingFromTheBudget) {
  ByteBudget budget(1);
  CurlTransportOptions options = Options();
  options.answer_memory = &budget;
  CurlTransport transport(loop_, options);
  const StoppedLoop stop(loop_);
  SetFault(emulator::Fault::Action::kAnswer, 0, std::string(4096, 'x'));
  const HttpResult result = RunOnLoop(loop_, transport.Send(Request(), {}));
  EXPECT_EQ(result.response.body.size(), 4096U);
}

TEST_F(CurlTransportTest, ARedirectIsAnAnswerAndIsNotFollowed) {
  const StoppedLoop stop(loop_);
  emulator::Fault fault;
  fault.status = 302;
  fault.headers = {{"Location", emulator_.base_url() + "/elsewhere"}};
  emulator_.SetFault(fault);
  const HttpResult result = Send(Request());
  EXPECT_EQ(result.response.status, 302);
  EXPECT_EQ(emulator_.counters().total_requests, 1U);
}

TEST_F(CurlTransportTest, ReusesItsConnection) {
  const StoppedLoop stop(loop_);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Send(Request()).failure, HttpFailure::kNone);
  EXPECT_EQ(emulator_.counters().accepted, 1U);
}

// libcurl repeats a request by itself when a reused connection dies before the first byte of the answer.
TEST_F(CurlTransportTest, ARequestThatMustNotRepeatLeavesOnceWhenAReusedConnectionDies) {
  const StoppedLoop stop(loop_);
  SetFault(emulator::Fault::Action::kClose, 1);
  HttpRequest first = Request(true);
  first.repeatable = false;
  EXPECT_EQ(Send(std::move(first)).failure, HttpFailure::kNone);
  HttpRequest second = Request(true);
  second.repeatable = false;
  EXPECT_EQ(Send(std::move(second)).failure, HttpFailure::kNoAnswer);
  EXPECT_EQ(emulator_.RequestCount(kPath), 2U);
}

// libcurl 8.14.1 fails the next POST on a handle that ended so, without sending it.
TEST_F(CurlTransportTest, APostAfterOneThatCouldNotBeRepeatedIsSent) {
  const StoppedLoop stop(loop_);
  emulator::Fault fault;
  fault.action = emulator::Fault::Action::kClose;
  fault.skip = 1;
  fault.times = 1;
  emulator_.SetFault(fault);
  const auto post = [this] {
    HttpRequest request = Request(true);
    request.repeatable = false;
    return Send(std::move(request)).failure;
  };
  EXPECT_EQ(post(), HttpFailure::kNone);
  EXPECT_EQ(post(), HttpFailure::kNoAnswer);
  EXPECT_EQ(post(), HttpFailure::kNone);
  EXPECT_EQ(emulator_.RequestCount(kPath), 3U);
}

// The contrast that shows that a request can leave twice.
TEST_F(CurlTransportTest, ARequestThatMayRepeatIsSentAgainWhenAReusedConnectionDies) {
  const StoppedLoop stop(loop_);
  emulator::Fault fault;
  fault.action = emulator::Fault::Action::kClose;
  fault.skip = 1;
  fault.times = 1;
  emulator_.SetFault(fault);
  EXPECT_EQ(Send(Request(true)).failure, HttpFailure::kNone);
  EXPECT_EQ(Send(Request(true)).failure, HttpFailure::kNone);
  EXPECT_EQ(emulator_.RequestCount(kPath), 3U);
}

TEST_F(CurlTransportTest, SendsTheBodyOfARequestThatMustNotRepeat) {
  const StoppedLoop stop(loop_);
  HttpRequest request = Request(true);
  request.repeatable = false;
  request.body = "{\"quantity\":1}";
  Send(std::move(request));
  ASSERT_EQ(emulator_.Journal().size(), 1U);
  EXPECT_EQ(emulator_.Journal()[0].body, "{\"quantity\":1}");
}

TEST_F(CurlTransportTest, PlainHttpIsRefusedUnlessAllowed) {
  CurlTransportOptions options = Options();
  options.allow_plain_http = false;
  CurlTransport https_only(loop_, options);
  const StoppedLoop stop(loop_);
  const HttpResult result = RunOnLoop(loop_, https_only.Send(Request(), {}));
  EXPECT_EQ(result.failure, HttpFailure::kLocalFault);
  EXPECT_EQ(emulator_.counters().total_requests, 0U);
}

TEST_F(CurlTransportTest, WaitsForAPlaceAndRefusesWhenTheQueueIsFull) {
  SetFault(emulator::Fault::Action::kNeverAnswer);
  CurlTransportOptions options = Options();
  options.connections_max = 1;
  options.queue_max = 1;
  CurlTransport narrow(loop_, options);
  const StoppedLoop stop_loop(loop_);
  std::stop_source stop;
  auto running = StartOnLoop(loop_, narrow.Send(Request(), stop.get_token()));
  auto waiting = StartOnLoop(loop_, narrow.Send(Request(), stop.get_token()));
  EXPECT_EQ(RunOnLoop(loop_, narrow.Send(Request(), {})).failure, HttpFailure::kOverloaded);
  stop.request_stop();
  EXPECT_EQ(running.get().failure, HttpFailure::kStopped);
  EXPECT_EQ(waiting.get().failure, HttpFailure::kStopped);
}

TEST_F(CurlTransportTest, TheDetailOfAFailureNeverShowsTheQuery) {
  const StoppedLoop stop(loop_);
  HttpRequest request = Request();
  request.url =
      secrets::Secret(absl::StrCat(emulator_.base_url(), kPath, "?access_token=canary&sign=canary"));
  emulator_.Stop();
  const HttpResult result = Send(std::move(request));
  EXPECT_FALSE(result.detail.empty());
  EXPECT_EQ(result.detail.find("canary"), std::string::npos);
}

}  // namespace
}  // namespace firstmile::transport
