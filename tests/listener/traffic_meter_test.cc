// Which traffic is a flood and which is honest, with the figures of both.
#include "listener/traffic_meter.h"

#include <gtest/gtest.h>

namespace firstmile::listener {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(100);

// Looks until the traffic, which grows by `step` from look to look, is told to be a flood; at most `looks`.
int LooksUntilFlood(const Traffic& step, int looks) {
  TrafficMeter meter;
  Traffic traffic;
  for (int look = 1; look <= looks; ++look) {
    traffic.received += step.received;
    traffic.sent += step.sent;
    traffic.calls += step.calls;
    traffic.resets += step.resets;
    if (meter.Update(traffic, kLook)) return look;
  }
  return 0;
}

TEST(TrafficMeterTest, HonestTrafficIsNoFloodHoweverLongItLasts) {
  constexpr int kAnHour = 36'000;
  EXPECT_EQ(LooksUntilFlood({.received = 500'000, .sent = 300'000, .calls = 1000}, kAnHour), 0) << "busy";
  EXPECT_EQ(LooksUntilFlood({.received = 2'000'000, .sent = 120, .calls = 2}, kAnHour), 0)
      << "large requests";
  EXPECT_EQ(LooksUntilFlood({.received = 200'000, .sent = 60'000}, kAnHour), 0) << "health checks";
  EXPECT_EQ(LooksUntilFlood({.received = 1300, .sent = 3'200'000}, kAnHour), 0) << "reader of a stream";
  EXPECT_EQ(LooksUntilFlood({.received = 2000, .sent = 600, .calls = 20, .resets = 10}, kAnHour), 0)
      << "hedging";
}

TEST(TrafficMeterTest, TwoRequestsOfTheLargestSizeMayComeInBeforeTheirCallsBegin) {
  TrafficMeter meter;
  EXPECT_FALSE(meter.Update({.received = 2 << 20}, kLook));
  EXPECT_FALSE(meter.Update({.received = 2 << 20, .calls = 2}, kLook));
  EXPECT_EQ(meter.wasted(), 0);
}

TEST(TrafficMeterTest, CallsThatAreResetAtOnceAreAFloodWithinThousands) {
  // 6,500 a second, as CVE-2023-44487 was tried; 32 bytes each.
  const int looks = LooksUntilFlood({.received = 650 * 32, .calls = 650, .resets = 650}, 100);
  EXPECT_GT(looks, 0);
  EXPECT_LE(looks * 650, 3000);
}

TEST(TrafficMeterTest, AResetWhoseBeginWasToldBeforeCostsNoMoreThanAnother) {
  TrafficMeter meter;
  EXPECT_FALSE(meter.Update({.received = 3200, .calls = 100}, kLook));
  EXPECT_FALSE(meter.Update({.received = 4500, .calls = 100, .resets = 100}, kLook));
  EXPECT_LE(meter.wasted(), 200'000);
}

TEST(TrafficMeterTest, MetadataWithoutEndIsAFloodWithinAFewMebibytes) {
  EXPECT_EQ(LooksUntilFlood({.received = 3 << 20}, 100), 1);
  EXPECT_LE(LooksUntilFlood({.received = 400'000}, 100), 6);
}

TEST(TrafficMeterTest, OldTrafficIsForgotten) {
  TrafficMeter meter;
  EXPECT_FALSE(meter.Update({.received = 2 << 20}, kLook));
  EXPECT_FALSE(meter.Update({.received = 2 << 20}, absl::Seconds(10)));
  EXPECT_EQ(meter.wasted(), 0);
}

}  // namespace
}  // namespace firstmile::listener
