// The transport's behavior on failures, with the emulator over real sockets.
#include "transport/curl_transport.h"

#include <gtest/gtest.h>

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <ctime>
#include <future>
#include <iostream>
#include <thread>
#include <vector>

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

  // Waits until a counter of the emulator satisfies `condition`; the test's timeout bounds it.
  template <typename Condition>
  void Await(Condition condition) {
    while (!condition(emulator_.counters())) std::this_thread::yield();
  }

  // The loop thread's CPU time for some sequential calls: the minimum of a few rounds.
  absl::Duration CostOfCalls() {
    absl::Duration least = absl::InfiniteDuration();
    for (int round = 0; round < 10; ++round) {
      const absl::Duration begin = TimeOfLoop();
      for (int call = 0; call < 50; ++call) EXPECT_EQ(Send(Request(true)).failure, HttpFailure::kNone);
      least = std::min(least, TimeOfLoop() - begin);
    }
    return least;
  }

  absl::Duration TimeOfLoop() {
    std::promise<absl::Duration> used;
    loop_.Post([&used] {
      timespec time{};
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
      used.set_value(absl::DurationFromTimespec(time));
    });
    return used.get_future().get();
  }

  emulator::Emulator emulator_;
  SystemClock clock_;
  EventLoop loop_{clock_, "test"};
  CurlTransport transport_{loop_, Options()};
};

// Stops the loop before the transport on it is destroyed.
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

TEST_F(CurlTransportTest, NothingWasSentWithoutAListener) {
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

TEST_F(CurlTransportTest, AHeadThatBreaksOffIsNoAnswer) {
  const StoppedLoop stop(loop_);
  for (const std::size_t bytes : {std::size_t{17}, std::size_t{40}, std::size_t{60}}) {
    emulator::Fault fault;
    fault.action = emulator::Fault::Action::kCutHead;
    fault.bytes = bytes;
    fault.times = 1;
    emulator_.SetFault(fault);
    const HttpResult result = Send(Request());
    EXPECT_EQ(result.failure, HttpFailure::kNoAnswer) << bytes;
    EXPECT_EQ(result.detail, "the response's headers broke off") << bytes;
  }
  EXPECT_EQ(Send(Request()).failure, HttpFailure::kNone);
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

TEST_F(CurlTransportTest, ACallThatWasStoppedBeforeIsNeverSent) {
  const StoppedLoop stop_loop(loop_);
  EXPECT_EQ(Send(Request()).failure,
            HttpFailure::kNone);  // so that a connection is kept for the next request
  std::stop_source stop;
  stop.request_stop();
  for (int call = 0; call < 50; ++call) {
    const HttpResult result = RunOnLoop(loop_, transport_.Send(Request(true), stop.get_token()));
    EXPECT_EQ(result.failure, HttpFailure::kStoppedUnsent);
  }
  EXPECT_EQ(Send(Request()).failure, HttpFailure::kNone);
  EXPECT_EQ(emulator_.counters().total_requests, 2U);
}

TEST_F(CurlTransportTest, ReturnsTheTimeHeaders) {
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
  // The transport's own limit still applies.
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
              "(limits.max_memory_mib)");
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

// Measures only the loop's thread, since the machine may be busy. Fewer calls wait than the transport keeps
// connections; otherwise libcurl closes an idle one after each call.
TEST_F(CurlTransportTest, ACallCostsLittleMoreWhileManyOthersWait) {
  constexpr int kWaiting = 250;
  const StoppedLoop stop_loop(loop_);
  SetFault(emulator::Fault::Action::kAnswer);
  CostOfCalls();
  const absl::Duration alone = CostOfCalls();
  emulator_.ClearFaults();
  SetFault(emulator::Fault::Action::kNeverAnswer);
  std::stop_source stop;
  std::vector<std::future<HttpResult>> waiting;
  for (int call = 0; call < kWaiting; ++call) {
    waiting.push_back(StartOnLoop(loop_, transport_.Send(Request(), stop.get_token())));
  }
  Await([](const emulator::Counters& now) { return now.in_flight == kWaiting; });
  emulator_.ClearFaults();
  SetFault(emulator::Fault::Action::kAnswer);
  const absl::Duration among_others = CostOfCalls();
  stop.request_stop();
  for (auto& call : waiting) EXPECT_EQ(call.get().failure, HttpFailure::kStopped);
  std::cout << "calls cost " << alone << " alone, " << among_others << " among others\n";
  EXPECT_LT(2 * among_others, 5 * alone);
}

// libcurl repeats a request by itself when a reused connection dies before the first byte of the answer.
TEST_F(CurlTransportTest, ARequestThatMustNotRepeatIsSentOnceWhenAReusedConnectionDies) {
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

// libcurl 8.14.1 fails the next POST on such a handle without sending it.
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

// The contrast, which shows that a request can be sent twice.
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
