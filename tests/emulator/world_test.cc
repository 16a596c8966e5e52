#include "emulator/world/world.h"

#include <gtest/gtest.h>

#include "emulator/http/target.h"
#include "emulator/world/civil_day.h"

namespace emulator_test {
namespace {

TEST(CivilDay, AcceptsOnlyValidDates) {
  EXPECT_EQ(emulator::ParseDay("1970-01-01"), 0);
  EXPECT_EQ(emulator::ParseDay("2024-02-29"), 19782);
  for (const char* text :
       {"2023-02-29", "2024-00-10", "2024-1-1", "2024-01-1x", "24-01-01", "2024/01/01", ""}) {
    EXPECT_EQ(emulator::ParseDay(text), std::nullopt) << text;
  }
}

TEST(CivilDay, BeginsAtMidnightInUtcPlus8) {
  EXPECT_EQ(emulator::FormatDay(emulator::DayOf(1795190399)), "2026-11-20");
  EXPECT_EQ(emulator::FormatDay(emulator::DayOf(1795190400)), "2026-11-21");
  EXPECT_EQ(emulator::StartOfDay(emulator::DayOf(1795190400)), 1795190400);
  EXPECT_EQ(emulator::FormatShortDay(*emulator::ParseDay("2026-01-05")), "260105");
}

TEST(Target, DecodesTheQuery) {
  emulator::http::Request request;
  emulator::http::ParseTarget("/a%2Fb?x=1&y=%e4%b8%ad+%2B&empty=&flag&x=2&bad=%zz", request);
  EXPECT_EQ(request.path, "/a/b");
  EXPECT_EQ(*request.Find("x"), "1") << "the first one counts";
  EXPECT_EQ(*request.Find("y"), "中 +");
  EXPECT_EQ(*request.Find("empty"), "");
  EXPECT_EQ(*request.Find("flag"), "");
  EXPECT_EQ(*request.Find("bad"), "%zz");
  EXPECT_EQ(request.Find("z"), nullptr);
}

TEST(Target, AcceptsTheAbsoluteForm) {
  emulator::http::Request request;
  emulator::http::ParseTarget("http://host:1/path?q=1", request);
  EXPECT_EQ(request.path, "/path");
  EXPECT_EQ(*request.Find("q"), "1");
}

class WorldTest : public testing::Test {
 protected:
  WorldTest() : world_(Rules()) { world_.AddShop(1, emulator::Region::kCn, "token"); }

  static emulator::WorldRules Rules() {
    emulator::WorldRules rules;
    rules.now = [] { return int64_t{1795147200}; };
    return rules;
  }

  emulator::World world_;
};

TEST_F(WorldTest, GeneratedNumbersDoNotRepeat) {
  std::vector<std::string> codes;
  for (int i = 0; i < 10'000; ++i) codes.push_back(world_.NewCode(emulator::Region::kCn, 20000));
  std::sort(codes.begin(), codes.end());
  EXPECT_EQ(std::unique(codes.begin(), codes.end()), codes.end());
}

TEST_F(WorldTest, ACouriersNumberDoesNotHideAnEqualDropoffNumber) {
  emulator::FirstMileNumber binding;
  binding.binding_id = "DCN000000000001AU";
  binding.code = "SF000001";
  world_.AddNumber(binding);
  EXPECT_EQ(world_.FindNumber("SF000001"), nullptr);
  emulator::FirstMileNumber dropoff;
  dropoff.code = "SF000001";
  const emulator::Row row = world_.AddNumber(dropoff);
  ASSERT_NE(world_.FindNumber("SF000001"), nullptr);
  EXPECT_EQ(world_.RowOf(*world_.FindNumber("SF000001")), row);
}

TEST_F(WorldTest, BindAndUnbindUpdateTheUnboundList) {
  const emulator::Row order =
      world_.AddOrder(1, "241101AAAAAAAA", 1795000000, emulator::OrderStatus::kProcessed);
  emulator::Package package;
  package.number = "OFG1";
  package.tracking_number = "MY1";
  package.warehouse = &emulator::HomeWarehouse(emulator::Region::kCn);
  const emulator::Row row = world_.AddPackage(order, package);
  emulator::FirstMileNumber number;
  number.code = "CNF000000000001241101";
  const emulator::Row holder = world_.AddNumber(number);
  const auto& unbound = world_.FindShop(1)->unbound;
  EXPECT_EQ(unbound.size(), 1U);
  world_.Bind(row, holder);
  EXPECT_TRUE(unbound.empty());
  EXPECT_EQ(world_.number(holder).status, emulator::FirstMileStatus::kOrderReceived);
  world_.Unbind(row);
  EXPECT_EQ(unbound.size(), 1U);
  EXPECT_EQ(world_.number(holder).status, emulator::FirstMileStatus::kNotAvailable);
  world_.Unbind(row);
  EXPECT_EQ(unbound.size(), 1U) << "an unbound package does not change";
}

}  // namespace
}  // namespace emulator_test
