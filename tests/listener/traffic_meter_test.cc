// Which traffic counts as a flood and which is honest, with real figures.
#include "listener/traffic_meter.h"

#include <gtest/gtest.h>

namespace firstmile::listener {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(100);

// Updates the meter with traffic that grows by `step` until it reports a flood. Returns the number of
// updates, or 0 when it reports none within `updates`.
int UpdatesUntilFlood(const Traffic& step, int updates = 36'000) {
  TrafficMeter meter;
  Traffic traffic;
  for (int update = 1; update <= updates; ++update) {
    traffic.received += step.received;
    traffic.sent += step.sent;
    traffic.calls += step.calls;
    traffic.resets += step.resets;
    if (meter.Update(traffic, kLook)) return update;
  }
  return 0;
}

TEST(TrafficMeterTest, AnHourOfHonestTrafficIsNoFlood) {
  EXPECT_EQ(UpdatesUntilFlood({.received = 500'000, .sent = 300'000, .calls = 1000}), 0) << "busy";
  EXPECT_EQ(UpdatesUntilFlood({.received = 2'000'000, .sent = 520, .calls = 2}), 0) << "large requests";
  EXPECT_EQ(UpdatesUntilFlood({.received = 200'000, .sent = 60'000}), 0) << "health checks";
  EXPECT_EQ(UpdatesUntilFlood({.received = 1300, .sent = 3'200'000}), 0) << "the reader of a stream";
  EXPECT_EQ(UpdatesUntilFlood({.received = 4000, .sent = 600, .calls = 40, .resets = 20}), 0)
      << "hedged calls";
}

TEST(TrafficMeterTest, TwoLargestRequestsMayComeInBeforeTheirCallsBegin) {
  TrafficMeter meter;
  Traffic traffic;
  for (int window = 0; window < 32; ++window) {
    traffic.received += 64 << 10;
    traffic.sent += 13;  // flow control allows the next 64 KiB
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
  // 6,500 per second, as reported for CVE-2023-44487, with some honest calls among them.
  const int updates = UpdatesUntilFlood({.received = 660 * 40, .sent = 600, .calls = 660, .resets = 650});
  EXPECT_GT(updates, 0);
  EXPECT_LE(updates * 650, 2700);
}

TEST(TrafficMeterTest, ResetsOfRequestsWithoutAMessageAreAFloodWithinTenThousand) {
  // They start no call and get no answer.
  const int updates = UpdatesUntilFlood({.received = 650 * 29});
  EXPECT_GT(updates, 0);
  EXPECT_LE(updates * 650, 10'000);
}

TEST(TrafficMeterTest, MetadataWithoutEndIsAFloodAtOnce) {
  EXPECT_EQ(UpdatesUntilFlood({.received = 3 << 20, .sent = 13}), 1);
  EXPECT_LE(UpdatesUntilFlood({.received = 100'000}), 3);
}

TEST(TrafficMeterTest, MessagesThatNeverEndAreAFlood) {
  EXPECT_LE(UpdatesUntilFlood({.received = 1 << 20, .sent = 16 * 13}), 3);
}

TEST(TrafficMeterTest, OldWasteIsForgotten) {
  TrafficMeter meter;
  EXPECT_FALSE(meter.Update({.received = 2 << 20, .sent = 13}, kLook));
  EXPECT_FALSE(meter.Update({.received = 2 << 20, .sent = 26}, absl::Seconds(10)));
  EXPECT_EQ(meter.burden(), 0);
}

}  // namespace
}  // namespace firstmile::listener
