#include "limits/breaker.h"

#include <gtest/gtest.h>

#include <vector>

namespace firstmile::limits {
namespace {

using State = Breaker::State;

class BreakerTest : public ::testing::Test {
 protected:
  void Pass(absl::Duration time) { now_ += absl::ToChronoNanoseconds(time); }
  void Fail() { breaker_.Enter(now_).attempt.Failed(now_); }
  void Succeed() { breaker_.Enter(now_).attempt.Succeeded(now_); }
  // Fails as often and as long as it takes.
  void Open() {
    for (int i = 0; i < options_.failures; ++i) {
      Fail();
      Pass(absl::Milliseconds(100));
    }
    ASSERT_EQ(breaker_.state(), State::kOpen);
  }
  bool Refuses() { return breaker_.Enter(now_).refusal.has_value(); }

  BreakerOptions options_;
  Breaker breaker_{options_};
  transport::MonotonicTime now_ = transport::MonotonicTime() + std::chrono::hours(1);
};

TEST_F(BreakerTest, OpensAfterFailuresInARowThatTookLongEnough) {
  for (int i = 0; i < 19; ++i) {
    Fail();
    Pass(absl::Milliseconds(100));
  }
  EXPECT_EQ(breaker_.state(), State::kClosed);
  Fail();
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(BreakerTest, ManyFailuresAtOnceDoNotOpenIt) {
  for (int i = 0; i < 200; ++i) Fail();
  EXPECT_EQ(breaker_.state(), State::kClosed);
  Pass(absl::Seconds(1));
  Fail();
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(BreakerTest, OneHangingShopAmongOthersDoesNotOpenIt) {
  for (int i = 0; i < 200; ++i) {
    for (int j = 0; j < 19; ++j) Fail();
    Succeed();
    Pass(absl::Milliseconds(100));
  }
  EXPECT_EQ(breaker_.state(), State::kClosed);
}

TEST_F(BreakerTest, CallersThatLeaveASlowHostEarlyDoNotOpenIt) {
  const auto ask = [this](absl::Duration time) {
    Breaker::Attempt attempt = std::move(breaker_.Enter(now_).attempt);
    Pass(time);
    return attempt;
  };
  ask(absl::Seconds(2)).Succeeded(now_);
  for (int i = 0; i < 40; ++i) ask(absl::Milliseconds(3'900)).TimedOut(now_);
  EXPECT_EQ(breaker_.state(), State::kClosed);
  for (int i = 0; i < 20; ++i) ask(absl::Milliseconds(4'100)).TimedOut(now_);
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(BreakerTest, CallersInAHurryOpenNothingBeforeTheFirstAnswer) {
  for (int i = 0; i < 1000; ++i) {
    Breaker::Entry entry = breaker_.Enter(now_);
    ASSERT_FALSE(entry.refusal.has_value());
    now_ += std::chrono::milliseconds(50);
    entry.attempt.TimedOut(now_);
  }
  EXPECT_EQ(breaker_.state(), State::kClosed);
}

TEST_F(BreakerTest, AProbeOfACallerInAHurryIsNoFailureAndTheNextOneMayProbe) {
  Open();
  now_ += std::chrono::seconds(2);
  {
    Breaker::Entry probe = breaker_.Enter(now_);
    ASSERT_FALSE(probe.refusal.has_value());
    now_ += std::chrono::milliseconds(50);
    probe.attempt.TimedOut(now_);
  }
  Breaker::Entry next = breaker_.Enter(now_);
  ASSERT_FALSE(next.refusal.has_value());
  next.attempt.Succeeded(now_);
  EXPECT_EQ(breaker_.state(), State::kClosed);
}

TEST_F(BreakerTest, RefusesWhileOpenAndSaysWhenToComeBack) {
  Open();
  const Breaker::Entry entry = breaker_.Enter(now_);
  ASSERT_TRUE(entry.refusal.has_value());
  EXPECT_EQ(entry.refusal->code, errors::Code::kUnavailable);
  EXPECT_EQ(entry.refusal->reason, kUpstreamCircuitOpen);
  EXPECT_GT(*entry.refusal->retry_after, absl::Milliseconds(600));
  EXPECT_LT(*entry.refusal->retry_after, absl::Milliseconds(1'200));
}

TEST_F(BreakerTest, LetsOneProbeThroughAtATime) {
  Open();
  Pass(absl::Milliseconds(1'200));
  Breaker::Entry probe = breaker_.Enter(now_);
  EXPECT_FALSE(probe.refusal.has_value());
  EXPECT_EQ(breaker_.state(), State::kProbing);
  EXPECT_TRUE(Refuses());
  probe.attempt.Succeeded(now_);
  EXPECT_EQ(breaker_.state(), State::kClosed);
  EXPECT_FALSE(Refuses());
}

TEST_F(BreakerTest, PausesDoubleUpToABound) {
  Open();
  absl::Duration pause = absl::Seconds(1);
  for (int i = 0; i < 10; ++i) {
    Pass(pause * 1.2);
    Fail();
    ASSERT_EQ(breaker_.state(), State::kOpen);
    pause = std::min(pause * 2, absl::Seconds(30));
    const Breaker::Entry entry = breaker_.Enter(now_);
    ASSERT_TRUE(entry.refusal.has_value());
    EXPECT_GE(*entry.refusal->retry_after, pause * 0.8 - absl::Milliseconds(1));
    EXPECT_LE(*entry.refusal->retry_after, pause * 1.2);
  }
}

TEST_F(BreakerTest, AProbeThatWasCancelledMakesRoomForAnother) {
  Open();
  Pass(absl::Milliseconds(1'200));
  {
    const Breaker::Entry cancelled = breaker_.Enter(now_);
  }
  EXPECT_EQ(breaker_.state(), State::kOpen);
  EXPECT_FALSE(Refuses());
}

TEST_F(BreakerTest, AProbeOfAnImpatientCallerDoesNotKeepItOpen) {
  Breaker::Entry slow = breaker_.Enter(now_);
  Pass(absl::Seconds(2));
  slow.attempt.Succeeded(now_);
  Open();
  Pass(absl::Milliseconds(1'200));
  for (int i = 0; i < 10; ++i) {
    Breaker::Entry impatient = breaker_.Enter(now_);
    ASSERT_FALSE(impatient.refusal.has_value());
    Pass(absl::Milliseconds(5));
    impatient.attempt.TimedOut(now_);
  }
  EXPECT_FALSE(Refuses());
}

TEST_F(BreakerTest, FailuresOfCallsThatLeftBeforeItOpenedDoNotEndAProbe) {
  std::vector<Breaker::Entry> early;
  for (int i = 0; i < 5; ++i) early.push_back(breaker_.Enter(now_));
  Open();
  Pass(absl::Milliseconds(1'200));
  Breaker::Entry probe = breaker_.Enter(now_);
  for (Breaker::Entry& entry : early) entry.attempt.Failed(now_);
  EXPECT_EQ(breaker_.state(), State::kProbing);
  probe.attempt.Failed(now_);
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(BreakerTest, ALateSuccessClosesIt) {
  Breaker::Entry early = breaker_.Enter(now_);
  Open();
  early.attempt.Succeeded(now_);
  EXPECT_EQ(breaker_.state(), State::kClosed);
}

TEST_F(BreakerTest, AfterClosingItStartsToCountAnew) {
  Open();
  Pass(absl::Milliseconds(1'200));
  Succeed();
  Pass(absl::Seconds(10));
  for (int i = 0; i < 19; ++i) Fail();
  Pass(absl::Seconds(2));
  EXPECT_EQ(breaker_.state(), State::kClosed);
  Fail();
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

}  // namespace
}  // namespace firstmile::limits
