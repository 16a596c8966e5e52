// Which traffic is a flood and which is honest, with the figures of both.
#include "listener/traffic_meter.h"

#include <gtest/gtest.h>

namespace firstmile::listener {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(100);

// Looks until the traffic, which grows by `step` from look to look, is told to be a flood; 0 when it is not
// within `looks`.
int LooksUntilFlood(const Traffic& step, int looks = 36'000) {
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

TEST(TrafficMeterTest, AnHourOfHonestTrafficIsNoFlood) {
  EXPECT_EQ(LooksUntilFlood({.received = 500'000, .sent = 300'000, .calls = 1000}), 0) << "busy";
  EXPECT_EQ(LooksUntilFlood({.received = 2'000'000, .sent = 520, .calls = 2}), 0) << "large requests";
  EXPECT_EQ(LooksUntilFlood({.received = 200'000, .sent = 60'000}), 0) << "health checks";
  EXPECT_EQ(LooksUntilFlood({.received = 1300, .sent = 3'200'000}), 0) << "the reader of a stream";
  EXPECT_EQ(LooksUntilFlood({.received = 4000, .sent = 600, .calls = 40, .resets = 20}), 0) << "hedged calls";
}

TEST(TrafficMeterTest, TwoLargestRequestsMayComeInBeforeTheirCallsBegin) {
  TrafficMeter meter;
  Traffic traffic;
  for (int window = 0; window < 32; ++window) {
    traffic.received += 64 << 10;
    traffic.sent += 13;  // flow control lets the next 64 KiB come
    EXPECT_FALSE(meter.Update(traffic, kLook));
  }
  traffic.calls += 2;
  EXPECT_FALSE(meter.Update(traffic, kLook));
  EXPECT_EQ(meter.burden(), 0);
}

TEST(TrafficMeterTest, AClientThatCancelsAllItHasUnderWayIsNoFlood) {
  TrafficMeter meter;
  EXPECT_FALSE(meter.Update({.received = 100'000, .calls = 2000}, kLook));
  EXPECT_FALSE(meter.Update({.received = 126'000, .calls = 2000, .resets = 2000}, kLook));
}

TEST(TrafficMeterTest, CallsThatAreResetAtOnceAreAFloodWithinThousands) {
  // 6,500 a second, as CVE-2023-44487 was tried, and some honest calls among them.
  const int looks = LooksUntilFlood({.received = 660 * 40, .sent = 600, .calls = 660, .resets = 650});
  EXPECT_GT(looks, 0);
  EXPECT_LE(looks * 650, 2700);
}

TEST(TrafficMeterTest, ResetsOfRequestsWithoutAMessageAreAFloodWithinTenThousand) {
  // They begin no call, and nothing is sent for them.
  const int looks = LooksUntilFlood({.received = 650 * 29});
  EXPECT_GT(looks, 0);
  EXPECT_LE(looks * 650, 10'000);
}

TEST(TrafficMeterTest, MetadataWithoutEndIsAFloodAtOnce) {
  EXPECT_EQ(LooksUntilFlood({.received = 3 << 20, .sent = 13}), 1);
  EXPECT_LE(LooksUntilFlood({.received = 100'000}), 3);
}

TEST(TrafficMeterTest, MessagesThatNeverEndAreAFlood) {
  EXPECT_LE(LooksUntilFlood({.received = 1 << 20, .sent = 16 * 13}), 3);
}

TEST(TrafficMeterTest, OldWasteIsForgotten) {
  TrafficMeter meter;
  EXPECT_FALSE(meter.Update({.received = 2 << 20, .sent = 13}, kLook));
  EXPECT_FALSE(meter.Update({.received = 2 << 20, .sent = 26}, absl::Seconds(10)));
  EXPECT_EQ(meter.burden(), 0);
}

}  // namespace
}  // namespace firstmile::listener
