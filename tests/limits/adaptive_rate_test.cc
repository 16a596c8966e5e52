#include "limits/adaptive_rate.h"

#include <gtest/gtest.h>

namespace firstmile::limits {
namespace {

using transport::MonotonicTime;

class AdaptiveRateTest : public ::testing::Test {
 protected:
  static MonotonicTime At(double seconds) {
    return MonotonicTime() + std::chrono::hours(1) + absl::ToChronoNanoseconds(absl::Seconds(seconds));
  }
  // Sends four calls per second while others wait.
  void Contend(double from_s, double to_s) {
    for (double s = from_s; s <= to_s; s += 0.25) rate_.OnSent(At(s), true);
  }
  // Refuses a call after `accepted` others within the last tenth of a second.
  void Refuse(double at_s, int accepted) {
    for (int i = 0; i < accepted; ++i) rate_.OnAccepted(At(at_s - 0.1));
    ASSERT_TRUE(rate_.OnRefused(At(at_s), At(at_s), {}));
  }
  double InSeconds(MonotonicTime time) const { return std::chrono::duration<double>(time - At(0)).count(); }

  RateOptions options_;
  AdaptiveRate rate_{options_};
};

TEST_F(AdaptiveRateTest, DoublesPerSecondWhileCallsWaitForIt) {
  Contend(0, 3);
  EXPECT_NEAR(rate_.per_second(), 800, 1);
}

TEST_F(AdaptiveRateTest, DoesNotGrowWhenNoCallWaits) {
  for (int s = 0; s < 100; ++s) rate_.OnSent(At(s), false);
  EXPECT_EQ(rate_.per_second(), options_.initial_rate);
  Refuse(100, 9);
  for (int s = 101; s < 200; ++s) rate_.OnSent(At(s), false);
  EXPECT_DOUBLE_EQ(rate_.per_second(), 10 * options_.back_off_to);
}

TEST_F(AdaptiveRateTest, APauseCountsAsASecondAtMost) {
  rate_.OnSent(At(0), true);
  rate_.OnSent(At(50), true);
  EXPECT_EQ(rate_.per_second(), 2 * options_.initial_rate);
}

TEST_F(AdaptiveRateTest, ARefusalTeachesWhatWasAcceptedInTheLastSecond) {
  Refuse(0, 9);
  EXPECT_DOUBLE_EQ(rate_.per_second(), 10 * options_.back_off_to);
}

TEST_F(AdaptiveRateTest, ARefusalNeverRaisesTheRate) {
  Refuse(0, 9);
  Refuse(1, 50);
  EXPECT_DOUBLE_EQ(rate_.per_second(), 10 * options_.back_off_to * options_.back_off_to);
}

TEST_F(AdaptiveRateTest, RefusalsOfCallsThatLeftBeforeTheLastBackOffTeachNothing) {
  Refuse(1, 9);
  EXPECT_FALSE(rate_.OnRefused(At(0.9), At(1.1), {}));
  EXPECT_DOUBLE_EQ(rate_.per_second(), 10 * options_.back_off_to);
}

TEST_F(AdaptiveRateTest, ComesBackToItsCeilingByEqualSteps) {
  Refuse(0, 99);
  Contend(0, 7.5);
  const double half = rate_.per_second();
  Contend(7.75, 15);
  EXPECT_NEAR(half, 95, 0.2);
  EXPECT_NEAR(rate_.per_second(), 100, 0.2);
}

TEST_F(AdaptiveRateTest, FindsALimitThatWasRaisedFourfoldWithinAMinuteAndAHalf) {
  Refuse(0, 4);
  Contend(0, 90);
  EXPECT_GT(rate_.per_second(), 20);
}

TEST_F(AdaptiveRateTest, StaysWithinItsBounds) {
  Contend(0, 60);
  EXPECT_EQ(rate_.per_second(), options_.max_rate);
  for (int i = 0; i < 200; ++i) Refuse(61 + 3 * i, 0);
  EXPECT_EQ(rate_.per_second(), options_.min_rate);
}

TEST_F(AdaptiveRateTest, RestsUntilTheLastSecondsCallsWouldHaveTakenAsLongAtTheNewRate) {
  Refuse(0, 9);
  EXPECT_NEAR(InSeconds(rate_.rest_until()), 9 / 9.0 - 0.1, 0.06);
}

TEST_F(AdaptiveRateTest, ARestIsBounded) {
  for (int i = 0; i < 50; ++i) Refuse(0, 1);
  EXPECT_LE(InSeconds(rate_.rest_until()), 2);
}

TEST_F(AdaptiveRateTest, PacesCallsAndSendsSmallBurstsAtOnce) {
  EXPECT_LE(rate_.NextAt(), At(0));
  for (int i = 0; i < 5; ++i) {
    EXPECT_LE(rate_.NextAt(), At(0)) << i;
    rate_.OnSent(At(0), false);
  }
  EXPECT_NEAR(InSeconds(rate_.NextAt()), 0.01, 0.0001);
}

}  // namespace
}  // namespace firstmile::limits
