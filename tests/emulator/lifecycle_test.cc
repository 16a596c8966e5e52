#include <chrono>

#include "emulator/simulation/simulation.h"
#include "emulator/world/state_check.h"
#include "emulator/world/world.h"
#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;
using std::chrono::hours;

class LifecycleTest : public EmulatorTest {
 protected:
  static constexpr char kNumber[] = "CNF000000000003241101";

  std::string Bind(const std::string& sn) {
    const json::object body = {{"first_mile_tracking_number", kNumber},
                               {"shipment_method", "pickup"},
                               {"region", "CN"},
                               {"logistics_channel_id", 813},
                               {"order_list", json::array{{{"order_sn", sn}}}}};
    return Text(shop_.Post(kFirstMile + "bind_first_mile_tracking_number", json::serialize(body)), "error");
  }
  std::string NumberStatus() {
    return Text(Response(shop_.Get(kFirstMile + "get_detail", {{"first_mile_tracking_number", kNumber}})),
                "status");
  }
  std::string OrderStatus(const std::string& sn) {
    const json::array orders =
        List(Response(shop_.Get("/api/v2/order/get_order_detail", {{"order_sn_list", sn}})), "order_list");
    return Text(orders.at(0).as_object(), "order_status");
  }
  json::array Events(const std::string& sn) {
    return List(Response(shop_.Get(kLogistics + "get_tracking_info", {{"order_sn", sn}})), "tracking_info");
  }
  std::string BrokenRule() {
    std::string broken;
    emulator_.WithWorld([&](emulator::World& world) { broken = emulator::world::FindBrokenRule(world); });
    return broken;
  }
};

TEST_F(LifecycleTest, ABoundParcelTravelsToItsBuyer) {
  const std::string sn = "2411010FMDEMO0";
  ASSERT_EQ(Bind(sn), "");
  EXPECT_EQ(NumberStatus(), "ORDER_RECEIVED");
  emulator_.AdvanceClock(hours(12));
  EXPECT_EQ(NumberStatus(), "PICKED_UP");
  EXPECT_EQ(OrderStatus(sn), "SHIPPED");
  emulator_.AdvanceClock(hours(36));
  EXPECT_EQ(NumberStatus(), "DELIVERED");
  EXPECT_EQ(OrderStatus(sn), "SHIPPED");
  emulator_.AdvanceClock(hours(8 * 24));
  EXPECT_EQ(OrderStatus(sn), "TO_CONFIRM_RECEIVE");
  emulator_.AdvanceClock(hours(11 * 24));
  EXPECT_EQ(OrderStatus(sn), "COMPLETED");
  EXPECT_EQ(BrokenRule(), "");
}

TEST_F(LifecycleTest, OneLongStepEndsLikeManyShortOnes) {
  ASSERT_EQ(Bind("2411010FMDEMO0"), "");
  emulator_.AdvanceClock(hours(60 * 24));
  EXPECT_EQ(OrderStatus("2411010FMDEMO0"), "COMPLETED");
  const json::array events = Events("2411010FMDEMO0");
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(Text(events[0].as_object(), "logistics_status"), "DELIVERED");
  const auto picked_up = Element(events, "logistics_status", "PICKED_UP").at("update_time").as_int64();
  EXPECT_GE(picked_up, kNow + 8 * 3600);
  EXPECT_LE(picked_up, kNow + 12 * 3600) << "the time at which it was due, not that of the read";
}

TEST_F(LifecycleTest, OrdersThatWereNeitherShippedNorBoundDoNotMove) {
  emulator_.AdvanceClock(hours(60 * 24));
  EXPECT_EQ(OrderStatus("2411010FMDEMO0"), "PROCESSED");
  EXPECT_EQ(OrderStatus("201214JASXYXY6"), "PROCESSED");
}

TEST_F(LifecycleTest, AnEmptiedNumberIsNotCollected) {
  ASSERT_EQ(Bind("2411010FMDEMO0"), "");
  const json::object body = {{"first_mile_tracking_number", kNumber},
                             {"order_list", json::array{{{"order_sn", "2411010FMDEMO0"}}}}};
  shop_.Post(kFirstMile + "unbind_first_mile_tracking_number", json::serialize(body));
  emulator_.AdvanceClock(hours(48));
  EXPECT_EQ(NumberStatus(), "NOT_AVAILABLE");
  ASSERT_EQ(Bind("2411010FMDEMO1"), "");
  emulator_.AdvanceClock(hours(7));
  EXPECT_EQ(NumberStatus(), "ORDER_RECEIVED");
  emulator_.AdvanceClock(hours(5));
  EXPECT_EQ(NumberStatus(), "PICKED_UP");
  EXPECT_EQ(OrderStatus("2411010FMDEMO0"), "PROCESSED");
  EXPECT_EQ(BrokenRule(), "");
}

TEST_F(LifecycleTest, ParcelsAlsoMoveWithTheSystemClock) {
  ASSERT_EQ(Bind("2411010FMDEMO0"), "");
  now_ += 12 * 3600;
  shop_.now = now_;
  EXPECT_EQ(OrderStatus("2411010FMDEMO0"), "SHIPPED");
}

TEST_F(LifecycleTest, ACourierBindingIsCollectedAfterItsNumberIsAssigned) {
  const json::object made = shop_.Post(
      kFirstMile + "generate_and_bind_first_mile_tracking_number",
      R"({"shipment_method":"courier_delivery","region":"CN","order_list":[{"order_sn":"2411010FMDEMO0"}],)"
      R"("courier_delivery_info":{"address_id":11222,"warehouse_id":"ECP03",)"
      R"("logistics_product_id":1010003,"courier_service_id":"LCN80001"}})");
  const std::string id = Text(Response(made), "binding_id");
  const auto status = [&] {
    return Text(Response(shop_.Get(kFirstMile + "get_courier_delivery_detail", {{"binding_id", id}})),
                "status");
  };
  EXPECT_EQ(status(), "ORDER_CREATED");
  emulator_.AdvanceClock(std::chrono::seconds(5));
  EXPECT_EQ(status(), "ORDER_RECEIVED");
  emulator_.AdvanceClock(hours(12));
  EXPECT_EQ(status(), "PICKED_UP");
  emulator_.AdvanceClock(hours(36));
  EXPECT_EQ(status(), "DELIVERED");
}

TEST(Simulation, EndsInTheSameStateForTheSameSeed) {
  const auto begin = std::chrono::steady_clock::now();
  const auto first =
      emulator::simulation::RunSimulation({.shops = 20, .days = 30, .orders_per_day = 20, .seed = 7});
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(first.error, "");
  EXPECT_EQ(first.orders, 12'000U);
  EXPECT_GT(first.shipped, first.orders) << "split orders ship each of their packages";
  EXPECT_GT(first.collected, first.orders / 2);
  EXPECT_GT(first.completed, first.orders / 5);
  EXPECT_LT(took, std::chrono::seconds(10));
  RecordProperty("milliseconds",
                 std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  const auto second =
      emulator::simulation::RunSimulation({.shops = 20, .days = 30, .orders_per_day = 20, .seed = 7});
  EXPECT_EQ(first.digest, second.digest);
  EXPECT_EQ(first.calls, second.calls);
}

TEST(Simulation, EndsInAnotherStateForAnotherSeed) {
  const auto run = [](uint64_t seed) {
    return emulator::simulation::RunSimulation({.shops = 2, .days = 3, .orders_per_day = 5, .seed = seed})
        .digest;
  };
  EXPECT_NE(run(1), run(2));
}

}  // namespace
}  // namespace emulator_test
