#include "limits/rate_curve.h"

#include <gtest/gtest.h>

namespace firstmile::limits {
namespace {

using transport::MonotonicTime;

MonotonicTime At(double seconds) {
  return MonotonicTime() + std::chrono::hours(1) + absl::ToChronoNanoseconds(absl::Seconds(seconds));
}

class RateAfterBackOff : public ::testing::Test {
 protected:
  double RateAt(double seconds) const { return RateAfter(back_off_, At(seconds), options_); }

  const RateOptions options_;
  const BackOff back_off_{100, At(0), absl::Seconds(16)};
};

TEST_F(RateAfterBackOff, BeginsBelowTheCeiling) {
  EXPECT_DOUBLE_EQ(RateAt(0), 100 * options_.back_off_to);
}

TEST_F(RateAfterBackOff, ComesBackQuicklyAndThenSlowly) {
  EXPECT_DOUBLE_EQ(RateAt(16), 100);
  const double early = RateAt(4) - RateAt(0);
  const double late = RateAt(16) - RateAt(12);
  EXPECT_GT(early, 10 * late);
}

TEST_F(RateAfterBackOff, RestsAtTheCeilingAndThenProbesFasterAndFaster) {
  EXPECT_LT(RateAt(18), 101);
  const double probe_s = absl::ToDoubleSeconds(options_.probe);
  EXPECT_NEAR(RateAt(16 + probe_s), 112, 0.01);
  EXPECT_NEAR(RateAt(16 + 2 * probe_s), 196, 0.01);
}

TEST_F(RateAfterBackOff, StaysWithinItsBounds) {
  EXPECT_EQ(RateAt(100'000), options_.max_rate);
  EXPECT_EQ(RateAfter({0.01, At(0), absl::Seconds(16)}, At(0), options_), options_.min_rate);
}

class RateCurveTest : public ::testing::Test {
 protected:
  // Calls leave four times a second and others wait.
  void Press(double from_s, double to_s) {
    for (double s = from_s; s <= to_s; s += 0.25) curve_.OnSent(At(s), true);
  }

  RateOptions options_;
  RateCurve curve_{options_};
};

TEST_F(RateCurveTest, DoublesPerSecondWhileCallsWaitForIt) {
  Press(0, 3);
  EXPECT_NEAR(curve_.Rate(At(3)), 800, 1);
}

TEST_F(RateCurveTest, DoesNotGrowWhenNobodyWaits) {
  for (int s = 0; s < 100; ++s) curve_.OnSent(At(s), false);
  EXPECT_EQ(curve_.Rate(At(100)), options_.initial_rate);
}

TEST_F(RateCurveTest, APauseDoesNotCountAsPressing) {
  curve_.OnSent(At(0), true);
  curve_.OnSent(At(50), true);
  EXPECT_EQ(curve_.Rate(At(50)), 2 * options_.initial_rate);
}

TEST_F(RateCurveTest, AnEarlyFirstRefusalTeachesWhatWasAccepted) {
  Press(0, 0.25);
  curve_.OnRefused(At(0.3), 10);
  EXPECT_EQ(curve_.learned()->ceiling, 10);
}

TEST_F(RateCurveTest, ALaterFirstRefusalTeachesTheRate) {
  Press(0, 2);
  curve_.OnRefused(At(2), 299);
  EXPECT_NEAR(curve_.learned()->ceiling, 400 * 299 / 300.0, 1);
}

TEST_F(RateCurveTest, ARefusalBeforeAnythingWasAcceptedTeachesOneCallASecond) {
  curve_.OnRefused(At(0), 0);
  EXPECT_EQ(curve_.learned()->ceiling, 1);
}

TEST_F(RateCurveTest, FurtherRefusalsMoveTheCeilingToTheRateAndTrustItLonger) {
  Press(0, 0.25);
  curve_.OnRefused(At(0.5), 100);
  EXPECT_EQ(curve_.learned()->approach, options_.approach_first);
  Press(0.5, 8);
  const double rate = curve_.Rate(At(8));
  curve_.OnRefused(At(8), 400);
  EXPECT_EQ(curve_.learned()->ceiling, rate);
  EXPECT_EQ(curve_.learned()->approach, 2 * options_.approach_first);
}

TEST_F(RateCurveTest, TheApproachLengthensUpToItsBound) {
  curve_.OnRefused(At(0), 100);
  for (int i = 1; i < 20; ++i) {
    Press(100 * i - 1, 100 * i);
    curve_.OnRefused(At(100 * i), 100);
  }
  EXPECT_LE(curve_.learned()->approach, options_.approach_min);
}

TEST_F(RateCurveTest, RefusalsOneAfterTheOtherFallQuickly) {
  Press(0, 0.25);
  curve_.OnRefused(At(0.5), 100);
  Press(0.5, 100);
  curve_.OnRefused(At(100), 100);
  const double before = curve_.learned()->ceiling;
  for (int i = 1; i <= 5; ++i) {
    Press(100 + 0.4 * i, 100 + 0.4 * i);
    curve_.OnRefused(At(100 + 0.5 * i), 100);
  }
  EXPECT_TRUE(curve_.falling());
  EXPECT_LT(curve_.learned()->ceiling, before / 3);
}

TEST_F(RateCurveTest, IdleTimeDoesNotProbe) {
  curve_.OnSent(At(0), false);
  curve_.OnRefused(At(0), 10);
  curve_.OnSent(At(1'000), false);
  EXPECT_LE(curve_.Rate(At(1'000)), curve_.learned()->ceiling);
  for (int s = 0; s < 1'000; ++s) curve_.OnSent(At(1'000 + s), false);
  EXPECT_LE(curve_.Rate(At(1'999)), 1.01 * curve_.learned()->ceiling);
}

TEST_F(RateCurveTest, ARateFarAboveWhatWasAcceptedIsNotBelieved) {
  Press(0, 8);
  curve_.OnRefused(At(8), 100);
  EXPECT_EQ(curve_.learned()->ceiling, 150);
  Press(8, 100);
  curve_.OnRefused(At(100), 100);
  EXPECT_EQ(curve_.learned()->ceiling, 202);
}

TEST_F(RateCurveTest, ARefusalOfAShopThatHardlyCallsTeachesWhatItUsed) {
  Press(0, 0.25);
  curve_.OnRefused(At(0.5), 100);
  curve_.OnSent(At(30), false);
  curve_.OnRefused(At(31), 3);
  EXPECT_EQ(curve_.learned()->ceiling, 4);
}

}  // namespace
}  // namespace firstmile::limits
