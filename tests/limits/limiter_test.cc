#include "limits/limiter.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "support/manual_clock.h"
#include "support/run_task.h"

namespace firstmile::limits {
namespace {

using errors::Code;
using transport::MonotonicTime;

constexpr absl::string_view kBind = "FirstMileService/BindFirstMileTrackingNumber";
constexpr absl::string_view kList = "FirstMileService/GetUnbindOrderList";

// One call a second, and no bound on calls in flight but the shop's, so that each test sees the one rule that
// it is about.
LimiterOptions Slow() {
  LimiterOptions options;
  options.rate.initial_rate = 1;
  options.rate.max_rate = 1;
  options.rate.unproven_in_flight = 1'000;
  return options;
}

LimiterOptions Fast() {
  LimiterOptions options = Slow();
  options.rate.initial_rate = options.rate.max_rate = 10'000;
  options.rate.burst = absl::Seconds(1);
  options.rate.burst_max = 10'000;
  return options;
}

// A call as the gateway makes it, in the hands of the test.
struct Call {
  std::stop_source stop;
  std::optional<Admission> end;

  bool left() const { return end.has_value() && !end->refusal.has_value(); }
  bool waits() const { return !end.has_value(); }
  bool RefusedAs(Code code, absl::string_view reason) const {
    return end.has_value() && end->refusal.has_value() && end->refusal->code == code &&
           end->refusal->reason == reason;
  }
  absl::Duration retry_after() const { return end->refusal->retry_after.value_or(absl::ZeroDuration()); }
};

// All that touches the limiter runs on its loop, one step after the other.
class LimiterTest : public ::testing::Test {
 protected:
  ~LimiterTest() override {
    On([this] {
      for (Call& call : calls_) call.stop.request_stop();
    });
    Settle();
    On([this] {
      calls_.clear();
      limiter_.reset();
    });
  }

  void Make(const LimiterOptions& options) {
    On([&] { limiter_.emplace(options, loop_); });
  }

  Call& Ask(const CallTicket& ticket) {
    Call& call = calls_.emplace_back();
    On([&] { async::Detach(Run(call, ticket)); });
    Settle();
    return call;
  }
  Call& Ask(std::int64_t shop, absl::string_view operation = kList, absl::string_view caller = "") {
    return Ask(CallTicket{.shop_id = shop, .operation = operation, .caller = caller});
  }
  void End(Call& call) {
    On([&] { call.end->permit = Permit(); });
    Settle();
  }
  void Pass(absl::Duration time) {
    clock_.Advance(time);
    Settle();
  }
  MonotonicTime Now() const { return clock_.Monotonic(); }
  MonotonicTime In(absl::Duration time) const { return Now() + absl::ToChronoNanoseconds(time); }
  Limiter::Snapshot Counts() {
    Limiter::Snapshot counts;
    On([&] { counts = limiter_->Counts(); });
    return counts;
  }
  double Rate(std::int64_t shop) {
    double rate = 0;
    On([&] { rate = limiter_->Rate(shop, kList); });
    return rate;
  }
  void RateLimit(std::int64_t shop, MonotonicTime sent_at, std::optional<absl::Duration> retry_after = {}) {
    On([&] { limiter_->OnRateLimited(shop, kList, sent_at, retry_after); });
  }
  void SpendQuota(absl::Duration rest) {
    On([&] { limiter_->OnDailyQuota(kList, clock_.Now() + rest); });
    Settle();
  }

  template <typename Work>
  void On(Work work) {
    loop_.Post(work);
    testing::Settle(loop_);
  }
  // What was posted, the timers that are due and what they resume have run.
  void Settle() {
    for (int i = 0; i < 3; ++i) testing::Settle(loop_);
  }

  testing::ManualClock clock_;
  transport::EventLoop loop_{clock_, "limits"};
  std::optional<Limiter> limiter_;
  std::deque<Call> calls_;

 private:
  async::Task<void> Run(Call& call, CallTicket ticket) {
    Admission end = co_await limiter_->Admit(ticket, call.stop.get_token());
    call.end = std::move(end);
  }
};

TEST_F(LimiterTest, CallsOfAShopAndOperationLeaveAtTheRate) {
  Make(Slow());
  EXPECT_TRUE(Ask(1).left());
  Call& second = Ask(1);
  Call& third = Ask(1);
  Pass(absl::Milliseconds(999));
  EXPECT_TRUE(second.waits());
  Pass(absl::Milliseconds(1));
  EXPECT_TRUE(second.left());
  EXPECT_EQ(second.end->waited, absl::Seconds(1));
  EXPECT_TRUE(third.waits());
  Pass(absl::Seconds(1));
  EXPECT_TRUE(third.left());
}

TEST_F(LimiterTest, OtherShopsAndOperationsHaveTheirOwnRate) {
  Make(Slow());
  EXPECT_TRUE(Ask(1).left());
  EXPECT_TRUE(Ask(2).left());
  EXPECT_TRUE(Ask(1, kBind).left());
  EXPECT_TRUE(Ask(1).waits());
}

TEST_F(LimiterTest, ACallThatCannotLeaveBeforeItsDeadlineIsRefusedAtOnce) {
  LimiterOptions options = Slow();
  Make(options);
  Ask(1);
  RateLimit(1, Now());  // from here on the rate does not grow
  for (int i = 0; i < 9; ++i) Ask(1);
  Call& tenth = Ask(CallTicket{.shop_id = 1, .operation = kList, .deadline = In(absl::Seconds(5))});
  ASSERT_TRUE(tenth.RefusedAs(Code::kResourceExhausted, kRateLimited));
  EXPECT_GT(tenth.retry_after(), absl::Seconds(9));
  EXPECT_LT(tenth.retry_after(), absl::Seconds(15));
  EXPECT_NE(tenth.end->refusal->message.find("the sidecar itself"), std::string::npos);
  EXPECT_TRUE(Ask(CallTicket{.shop_id = 1, .operation = kList, .deadline = In(absl::Minutes(1))}).waits());
}

TEST_F(LimiterTest, ACallWhoseDeadlinePassesWhileItWaitsTakesNobodysTurn) {
  Make(Slow());
  Ask(1);
  Call& late = Ask(CallTicket{.shop_id = 1, .operation = kList, .deadline = In(absl::Milliseconds(1'500))});
  Call& next = Ask(1);
  Pass(absl::Seconds(2));
  EXPECT_TRUE(late.RefusedAs(Code::kDeadlineExceeded, kDeadlineExceeded));
  EXPECT_TRUE(next.left());
}

TEST_F(LimiterTest, TheQueueOfAShopAndOperationIsBounded) {
  LimiterOptions options = Slow();
  options.queue.queue_max = 2;
  Make(options);
  Ask(1);
  EXPECT_TRUE(Ask(1).waits());
  EXPECT_TRUE(Ask(1).waits());
  Call& fourth = Ask(1);
  EXPECT_TRUE(fourth.RefusedAs(Code::kResourceExhausted, kRateLimited));
  EXPECT_GT(fourth.retry_after(), absl::ZeroDuration());
  EXPECT_TRUE(Ask(CallTicket{.shop_id = 1, .operation = kList, .again = true}).waits());
}

TEST_F(LimiterTest, AllQueuesTogetherAreBounded) {
  LimiterOptions options = Slow();
  options.queue.queued_max = 2;
  Make(options);
  for (std::int64_t shop = 1; shop <= 3; ++shop) Ask(shop);
  EXPECT_TRUE(Ask(1).waits());
  EXPECT_TRUE(Ask(2).waits());
  EXPECT_EQ(Counts().queued, 2U);
  EXPECT_TRUE(Ask(3).RefusedAs(Code::kResourceExhausted, kSidecarOverloaded));
}

TEST_F(LimiterTest, CallersTakeTurns) {
  Make(Slow());
  Ask(1);
  Call& first_of_many = Ask(1, kList, "many");
  Call& second_of_many = Ask(1, kList, "many");
  Call& only = Ask(1, kList, "single");
  Pass(absl::Seconds(1));
  EXPECT_TRUE(first_of_many.left());
  Pass(absl::Seconds(1));
  EXPECT_TRUE(only.left());
  EXPECT_TRUE(second_of_many.waits());
}

TEST_F(LimiterTest, ARefusedCallGoesAheadOfItsCallersOtherCalls) {
  Make(Slow());
  Ask(1);
  Call& first = Ask(1);
  Call& again = Ask(CallTicket{.shop_id = 1, .operation = kList, .again = true});
  Pass(absl::Seconds(1));
  EXPECT_TRUE(again.left());
  EXPECT_TRUE(first.waits());
}

TEST_F(LimiterTest, AStoppedCallLeavesItsTurnToTheNext) {
  Make(Slow());
  Ask(1);
  Call& stopped = Ask(1);
  Call& next = Ask(1);
  stopped.stop.request_stop();
  Settle();
  EXPECT_TRUE(stopped.RefusedAs(Code::kCancelled, kStoppedWaiting));
  EXPECT_EQ(Counts().queued, 1U);
  Pass(absl::Seconds(1));
  EXPECT_TRUE(next.left());
}

TEST_F(LimiterTest, AShopHoldsAtMostItsShareOfThePlatform) {
  LimiterOptions options = Fast();
  options.in_flight_per_shop = 2;
  Make(options);
  Call& first = Ask(1);
  EXPECT_TRUE(Ask(1, kBind).left());
  Call& third = Ask(1);
  EXPECT_TRUE(third.waits());
  EXPECT_TRUE(Ask(2).left());
  EXPECT_EQ(Counts().in_flight, 3U);
  End(first);
  EXPECT_TRUE(third.left());
}

TEST_F(LimiterTest, CallsThatWaitForPlacesDoNotRaiseTheRate) {
  LimiterOptions options = Fast();
  options.rate.initial_rate = 100;
  options.in_flight_per_shop = 1;
  Make(options);
  Ask(1);
  for (int i = 0; i < 10; ++i) Ask(1);
  for (std::size_t i = 0; i < 10; ++i) {
    Pass(absl::Seconds(1));
    End(calls_[i]);
  }
  EXPECT_TRUE(calls_[10].left());
  EXPECT_EQ(Rate(1), 100);
}

TEST_F(LimiterTest, OperationsOfAShopTakeTurnsForItsPlaces) {
  LimiterOptions options = Fast();
  options.in_flight_per_shop = 1;
  Make(options);
  Call& first = Ask(1);
  Call& second = Ask(1);
  Call& third = Ask(1);
  Call& other = Ask(1, kBind);
  End(first);
  ASSERT_NE(second.left(), other.left());
  End(second.left() ? second : other);
  EXPECT_TRUE(second.left() && other.left());
  EXPECT_TRUE(third.waits());
}

TEST_F(LimiterTest, AShopThatWasNeverRefusedIsTriedWithFewCallsFirst) {
  LimiterOptions options = Fast();
  options.rate.unproven_in_flight = 1;
  options.rate.in_flight_per_accepted = 1;
  Make(options);
  Call& first = Ask(1);
  Call& second = Ask(1);
  Call& third = Ask(1);
  EXPECT_TRUE(second.waits());
  On([&] { limiter_->OnAccepted(1, kList, Now()); });
  End(first);
  EXPECT_TRUE(second.left() && third.left());
}

TEST_F(LimiterTest, ARefusalTeachesARateBelowWhatWasAccepted) {
  Make(Fast());
  for (int i = 0; i < 10; ++i) {
    Ask(1);
    On([&] { limiter_->OnAccepted(1, kList, Now()); });
  }
  RateLimit(1, Now());
  EXPECT_NEAR(Rate(1), 8.8, 0.01);
  EXPECT_EQ(Counts().throttled, 1U);
  EXPECT_TRUE(Ask(1).waits());
}

TEST_F(LimiterTest, RefusalsOfCallsThatLeftBeforeABackOffCountOnce) {
  Make(Fast());
  const MonotonicTime sent_at = Now();
  Pass(absl::Milliseconds(50));
  Ask(1);
  RateLimit(1, sent_at);
  const double rate = Rate(1);
  RateLimit(1, sent_at);
  RateLimit(1, sent_at);
  EXPECT_EQ(Rate(1), rate);
  EXPECT_EQ(Counts().back_offs, 1U);
  Pass(absl::Milliseconds(50));
  RateLimit(1, Now());
  EXPECT_EQ(Counts().back_offs, 2U);
}

TEST_F(LimiterTest, APauseThatThePlatformAsksForIsKeptWithinABound) {
  Make(Fast());
  Ask(1);
  RateLimit(1, Now(), absl::Seconds(7));
  Call& call = Ask(1);
  Pass(absl::Milliseconds(6'999));
  EXPECT_TRUE(call.waits());
  Pass(absl::Milliseconds(1));
  EXPECT_TRUE(call.left());
  RateLimit(1, Now(), absl::Hours(100));
  Call& after = Ask(1);
  Pass(absl::Minutes(1));
  EXPECT_TRUE(after.left());
}

TEST_F(LimiterTest, ASpentQuotaParksTheOperationForAllShops) {
  Make(Fast());
  SpendQuota(absl::Minutes(8));
  for (std::int64_t shop = 1; shop <= 2; ++shop) {
    Call& call = Ask(shop);
    ASSERT_TRUE(call.RefusedAs(Code::kResourceExhausted, kDailyQuota));
    EXPECT_EQ(call.retry_after(), absl::Minutes(8));
  }
  EXPECT_TRUE(Ask(1, kBind).left());
  EXPECT_EQ(Counts().parked_operations, 1U);
  Pass(absl::Minutes(8));
  EXPECT_EQ(Counts().parked_operations, 0U);
  EXPECT_TRUE(Ask(1).left());
}

TEST_F(LimiterTest, ASpentQuotaRefusesTheCallsThatWait) {
  Make(Slow());
  Ask(1);
  Call& waiting = Ask(1);
  SpendQuota(absl::Hours(3));
  EXPECT_TRUE(waiting.RefusedAs(Code::kResourceExhausted, kDailyQuota));
  EXPECT_EQ(Counts().queued, 0U);
}

TEST_F(LimiterTest, OneCallInTenMinutesLooksWhetherTheQuotaWasRaised) {
  Make(Fast());
  SpendQuota(absl::Hours(3));
  Pass(absl::Minutes(10));
  EXPECT_TRUE(Ask(1).left());
  EXPECT_TRUE(Ask(1).RefusedAs(Code::kResourceExhausted, kDailyQuota));
  SpendQuota(absl::Hours(3));  // the probe's answer
  EXPECT_TRUE(Ask(1).RefusedAs(Code::kResourceExhausted, kDailyQuota));
  Pass(absl::Minutes(10));
  EXPECT_TRUE(Ask(1).left());
  On([&] { limiter_->OnAccepted(1, kList, Now()); });
  EXPECT_TRUE(Ask(1).left());
}

TEST_F(LimiterTest, AnAnswerToAnEarlierCallDoesNotEndAPark) {
  Make(Fast());
  const MonotonicTime before = Now();
  Pass(absl::Seconds(1));
  SpendQuota(absl::Hours(3));
  On([&] { limiter_->OnAccepted(1, kList, before); });
  EXPECT_TRUE(Ask(1).RefusedAs(Code::kResourceExhausted, kDailyQuota));
}

TEST_F(LimiterTest, AParkIsBounded) {
  Make(Fast());
  SpendQuota(absl::Hours(24 * 365));
  EXPECT_EQ(Ask(1).retry_after(), absl::Hours(25));
  SpendQuota(-absl::Hours(1));
  EXPECT_TRUE(Ask(1).RefusedAs(Code::kResourceExhausted, kDailyQuota));
}

TEST_F(LimiterTest, IdleShopsAreForgottenWithTime) {
  Make(Fast());
  for (std::int64_t shop = 1; shop <= 4; ++shop) End(Ask(shop));
  EXPECT_EQ(Counts().keys, 4U);
  Pass(absl::Minutes(10));
  Ask(5);
  Ask(6);
  EXPECT_EQ(Counts().keys, 2U);
}

TEST_F(LimiterTest, AFullMapForgetsTheIdleShopThatWasUsedLongestAgo) {
  LimiterOptions options = Fast();
  options.keys_max = 3;
  Make(options);
  End(Ask(1));
  RateLimit(1, Now());  // learned: not idle
  End(Ask(2));
  End(Ask(3));
  End(Ask(4));
  EXPECT_EQ(Counts().keys, 3U);
  EXPECT_LT(Rate(1), 100);
  EXPECT_EQ(Counts().throttled, 1U);
}

TEST_F(LimiterTest, AFullMapWithoutAnIdleShopLetsOthersPass) {
  LimiterOptions options = Fast();
  options.keys_max = 2;
  Make(options);
  Ask(1);
  Ask(2);
  Call& other = Ask(3);
  EXPECT_TRUE(other.left());
  EXPECT_EQ(Counts().keys, 2U);
  RateLimit(3, Now());
  End(other);
}

TEST_F(LimiterTest, HoldingsOfAHangingShopRefuseWhatCannotWait) {
  LimiterOptions options = Fast();
  options.in_flight_per_shop = 1;
  Make(options);
  Call& slow = Ask(1);
  Pass(absl::Seconds(10));
  End(slow);
  Ask(1);
  Call& hasty = Ask(CallTicket{.shop_id = 1, .operation = kList, .deadline = In(absl::Seconds(5))});
  EXPECT_TRUE(hasty.RefusedAs(Code::kResourceExhausted, kRateLimited));
}

}  // namespace
}  // namespace firstmile::limits
