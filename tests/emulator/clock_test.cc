#include "emulator/time/virtual_clock.h"

#include "emulator/time/schedule.h"
#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;
using emulator::ClockOptions;
using emulator::time::EventKind;
using emulator::time::Schedule;
using emulator::time::VirtualClock;

TEST(VirtualClock, FollowsTheBaseClockOrRunsFasterOrStandsStill) {
  int64_t base = 1000;
  const auto read = [&base] { return base; };
  const VirtualClock real({}, read);
  const VirtualClock fast({.mode = ClockOptions::Mode::kFactor, .factor = 60}, read);
  const VirtualClock manual({.mode = ClockOptions::Mode::kManual, .start = 5000}, read);
  base += 10;
  EXPECT_EQ(real.Now(), 1010);
  EXPECT_EQ(fast.Now(), 1600);
  EXPECT_EQ(manual.Now(), 5000);
}

TEST(VirtualClock, AdvancesInEveryModeAndNeverGoesBack) {
  VirtualClock clock({.mode = ClockOptions::Mode::kManual, .start = 5000}, [] { return int64_t{0}; });
  clock.Advance(60);
  clock.Advance(-100);
  EXPECT_EQ(clock.Now(), 5060);
  for (int i = 0; i < 3; ++i) clock.Advance(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(clock.Now(), 5000 + VirtualClock::kMaxAdvance);
  clock.Restart();
  EXPECT_EQ(clock.Now(), 5000);
}

TEST(Schedule, ReturnsDueEventsInOrder) {
  Schedule schedule;
  schedule.Add(20, EventKind::kArrival, 1);
  schedule.Add(10, EventKind::kCollection, 2);
  schedule.Add(20, EventKind::kDelivery, 3);
  EXPECT_EQ(schedule.TakeDue(9), std::nullopt);
  EXPECT_EQ(schedule.TakeDue(20)->row, 2U);
  EXPECT_EQ(schedule.TakeDue(20)->row, 1U);
  EXPECT_EQ(schedule.TakeDue(20)->row, 3U)
      << "events of the same second run in the order in which they were added";
  EXPECT_EQ(schedule.size(), 0U);
}

class ClockTest : public EmulatorTest {
 protected:
  json::object Control(const std::string& verb, const std::string& body = "") {
    return Connection(emulator_.port()).Send(verb, "/_emulator/clock", body).Json();
  }
};

TEST_F(ClockTest, TheControlApiShowsAndMovesTheClock) {
  EXPECT_EQ(Control("GET").at("now").as_int64(), kNow);
  EXPECT_EQ(Text(Control("GET"), "mode"), "real");
  EXPECT_EQ(Control("POST", R"({"advance_seconds":86400})").at("now").as_int64(), kNow + 86400);
  EXPECT_EQ(emulator_.Now(), kNow + 86400);
  EXPECT_NE(Text(Control("POST", R"({"advance_seconds":-1})"), "error"), "");
  EXPECT_EQ(emulator_.Now(), kNow + 86400);
  emulator_.Reset();
  EXPECT_EQ(emulator_.Now(), kNow);
}

TEST_F(ClockTest, CallersMaySignWithSystemTimeOrWithShopeesTime) {
  emulator_.AdvanceClock(std::chrono::hours(240));
  const Params order = {{"order_sn", "201214JASXYXY6"}};
  const std::string path = kLogistics + "get_tracking_number";
  EXPECT_EQ(Text(shop_.Get(path, order), "error"), "");
  shop_.now = emulator_.Now();
  EXPECT_EQ(Text(shop_.Get(path, order), "error"), "");
  shop_.now = kNow + 86400;
  EXPECT_EQ(Text(shop_.Get(path, order), "message"), "Timestamp is expired.");
}

TEST_F(ClockTest, QuotasFollowShopeesDay) {
  const std::string path = kFirstMile + "generate_first_mile_tracking_number";
  const std::string today = std::string(R"({"declare_date":")") + kToday + R"("})";
  EXPECT_EQ(Text(shop_.Post(path, today), "error"), "");
  emulator_.AdvanceClock(std::chrono::hours(12));
  EXPECT_EQ(Text(shop_.Post(path, today), "error"), "firstmile.date_error") << "midnight of UTC+8 has passed";
}

}  // namespace
}  // namespace emulator_test
