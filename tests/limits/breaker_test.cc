#include "limits/breaker.h"

#include <gtest/gtest.h>

#include <deque>
#include <optional>

namespace firstmile::limits {
namespace {

using End = Breaker::End;
using State = Breaker::State;

// A call whose end is inconclusive unless the test reports one.
class Attempt {
 public:
  Attempt(Breaker& breaker, transport::MonotonicTime& now)
      : refusal(breaker.RefusalAt(now)), breaker_(breaker), now_(now) {
    if (!refusal.has_value()) call_ = breaker_.OnSent(now);
  }
  Attempt(const Attempt&) = delete;
  ~Attempt() { Report(End::kInconclusive); }

  void Report(End end) {
    if (call_.has_value()) breaker_.OnEnd(*call_, end, now_);
    call_.reset();
  }

  const std::optional<Refusal> refusal;

 private:
  Breaker& breaker_;
  transport::MonotonicTime& now_;
  std::optional<Breaker::Call> call_;
};

class BreakerTest : public ::testing::Test {
 protected:
  void Pass(absl::Duration time) { now_ += absl::ToChronoNanoseconds(time); }
  void Fail() { Attempt(breaker_, now_).Report(End::kFailed); }
  void Succeed() { Attempt(breaker_, now_).Report(End::kAnswered); }
  // Fails until the breaker opens.
  void Open() {
    for (int i = 0; i < options_.failures; ++i) {
      Fail();
      Pass(absl::Milliseconds(100));
    }
    ASSERT_EQ(breaker_.state(), State::kOpen);
  }
  bool Refuses() { return breaker_.RefusalAt(now_).has_value(); }

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

TEST_F(BreakerTest, CallersThatCancelEarlyAtASlowHostDoNotOpenIt) {
  const auto ask = [this](absl::Duration time, End end) {
    Attempt attempt(breaker_, now_);
    Pass(time);
    attempt.Report(end);
  };
  ask(absl::Seconds(2), End::kAnswered);
  for (int i = 0; i < 40; ++i) ask(absl::Milliseconds(3'900), End::kTimedOut);
  EXPECT_EQ(breaker_.state(), State::kClosed);
  for (int i = 0; i < 20; ++i) ask(absl::Milliseconds(4'100), End::kTimedOut);
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(BreakerTest, CallersInAHurryOpenNothingBeforeTheFirstAnswer) {
  for (int i = 0; i < 1000; ++i) {
    Attempt entry(breaker_, now_);
    ASSERT_FALSE(entry.refusal.has_value());
    now_ += std::chrono::milliseconds(50);
    entry.Report(End::kTimedOut);
  }
  EXPECT_EQ(breaker_.state(), State::kClosed);
}

TEST_F(BreakerTest, AProbeOfACallerInAHurryIsNoFailureAndTheNextOneMayProbe) {
  Open();
  now_ += std::chrono::seconds(2);
  {
    Attempt probe(breaker_, now_);
    ASSERT_FALSE(probe.refusal.has_value());
    now_ += std::chrono::milliseconds(50);
    probe.Report(End::kTimedOut);
  }
  Attempt next(breaker_, now_);
  ASSERT_FALSE(next.refusal.has_value());
  next.Report(End::kAnswered);
  EXPECT_EQ(breaker_.state(), State::kClosed);
}

TEST_F(BreakerTest, RefusesWhileOpenAndSaysWhenToComeBack) {
  Open();
  Attempt entry(breaker_, now_);
  ASSERT_TRUE(entry.refusal.has_value());
  EXPECT_EQ(entry.refusal->code, errors::Code::kUnavailable);
  EXPECT_EQ(entry.refusal->reason, kUpstreamCircuitOpen);
  EXPECT_GT(*entry.refusal->retry_after, absl::Milliseconds(600));
  EXPECT_LT(*entry.refusal->retry_after, absl::Milliseconds(1'200));
}

TEST_F(BreakerTest, LetsOneProbeThroughAtATime) {
  Open();
  Pass(absl::Milliseconds(1'200));
  Attempt probe(breaker_, now_);
  EXPECT_FALSE(probe.refusal.has_value());
  EXPECT_EQ(breaker_.state(), State::kProbing);
  EXPECT_TRUE(Refuses());
  probe.Report(End::kAnswered);
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
    Attempt entry(breaker_, now_);
    ASSERT_TRUE(entry.refusal.has_value());
    EXPECT_GE(*entry.refusal->retry_after, pause * 0.8 - absl::Milliseconds(1));
    EXPECT_LE(*entry.refusal->retry_after, pause * 1.2);
  }
}

TEST_F(BreakerTest, ACancelledProbeAllowsAnother) {
  Open();
  Pass(absl::Milliseconds(1'200));
  {
    Attempt cancelled(breaker_, now_);
  }
  EXPECT_EQ(breaker_.state(), State::kOpen);
  EXPECT_FALSE(Refuses());
}

TEST_F(BreakerTest, AProbeOfAnImpatientCallerDoesNotKeepItOpen) {
  Attempt slow(breaker_, now_);
  Pass(absl::Seconds(2));
  slow.Report(End::kAnswered);
  Open();
  Pass(absl::Milliseconds(1'200));
  for (int i = 0; i < 10; ++i) {
    Attempt impatient(breaker_, now_);
    ASSERT_FALSE(impatient.refusal.has_value());
    Pass(absl::Milliseconds(5));
    impatient.Report(End::kTimedOut);
  }
  EXPECT_FALSE(Refuses());
}

TEST_F(BreakerTest, FailuresOfCallsThatLeftBeforeItOpenedDoNotEndAProbe) {
  std::deque<Attempt> early;
  for (int i = 0; i < 5; ++i) early.emplace_back(breaker_, now_);
  Open();
  Pass(absl::Milliseconds(1'200));
  Attempt probe(breaker_, now_);
  for (Attempt& entry : early) entry.Report(End::kFailed);
  EXPECT_EQ(breaker_.state(), State::kProbing);
  probe.Report(End::kFailed);
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(BreakerTest, ALateSuccessClosesIt) {
  Attempt early(breaker_, now_);
  Open();
  early.Report(End::kAnswered);
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
