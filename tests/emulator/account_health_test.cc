// The calls of account_health look back at what happened to the orders of the shop.
#include <algorithm>
#include <chrono>

#include "emulator/world/world.h"
#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;
using emulator::world::OrderEvent;
using std::chrono::hours;

const std::string kHealth = "/api/v2/account_health/";
constexpr int64_t kDay = 86400;
constexpr char kNumber[] = "CNF000000000003241101";

class AccountHealthTest : public EmulatorTest {
 protected:
  void Ship(const std::string& sn) {
    shop_.Post(kLogistics + "ship_order",
               json::serialize(json::object{{"order_sn", sn}, {"dropoff", {{"branch_id", 1}}}}));
    Advance(hours(1));
  }
  void Bind(const std::string& sn) {
    const json::object body = {{"first_mile_tracking_number", kNumber},
                               {"shipment_method", "pickup"},
                               {"region", "CN"},
                               {"logistics_channel_id", 813},
                               {"order_list", json::array{{{"order_sn", sn}}}}};
    const json::object answer =
        shop_.Post(kFirstMile + "bind_first_mile_tracking_number", json::serialize(body));
    EXPECT_EQ(Text(answer, "error"), "") << json::serialize(answer);
  }
  void Advance(hours time) {
    emulator_.AdvanceClock(time);
    shop_.now += std::chrono::seconds(time).count();
  }
  void Happen(const std::string& sn, const std::vector<OrderEvent>& events) {
    emulator_.WithWorld([&](emulator::World& world) {
      for (const OrderEvent event : events) {
        emulator::OrderChange change;
        change.order = world.RowOfOrder(sn);
        change.event = event;
        EXPECT_TRUE(world.lifecycle().Apply(world, change));
      }
    });
  }
  json::object Source(int metric, Params params = {}) {
    params.emplace_back("metric_id", std::to_string(metric));
    return Response(shop_.Get(kHealth + "get_metric_source_detail", params));
  }
  json::object Late(const Params& params = {}) {
    return Response(shop_.Get(kHealth + "get_late_orders", params));
  }
  bool IsLate(const std::string& sn) {
    const json::object late = Late({{"page_size", "100"}});
    const json::array& orders = List(late, "late_order_list");
    return std::any_of(orders.begin(), orders.end(),
                       [&](const json::value& order) { return Text(order.as_object(), "order_sn") == sn; });
  }
  json::object Performance() { return Response(shop_.Get(kHealth + "get_shop_performance")); }
  static json::object MetricOf(const json::object& performance, int id) {
    for (const json::value& metric : List(performance, "metric_list")) {
      if (metric.at("metric_id") == id) return metric.as_object();
    }
    ADD_FAILURE() << "no metric " << id;
    return {};
  }
};

TEST_F(AccountHealthTest, AnOrderIsLateFromItsShipByTimeUntilItIsShipped) {
  EXPECT_FALSE(IsLate("2411010FMSHIP0"));
  EXPECT_TRUE(IsLate("2411010FMREADY")) << "it is old";
  Advance(hours(3 * 24));
  EXPECT_TRUE(IsLate("2411010FMSHIP0"));
  const json::object late = Late({{"page_size", "100"}});
  const json::object row = Element(List(late, "late_order_list"), "order_sn", "2411010FMSHIP0");
  const int64_t deadline = row.at("shipping_deadline").as_int64();
  EXPECT_LT(deadline, shop_.now);
  EXPECT_EQ(row.at("late_by_days"), (shop_.now - deadline) / kDay);
  Ship("2411010FMSHIP0");
  EXPECT_FALSE(IsLate("2411010FMSHIP0"));
  EXPECT_EQ(Late().at("total_count"), late.at("total_count").as_int64() - 1);
}

TEST_F(AccountHealthTest, TheShipByTimeIsThatOfTheOrder) {
  Advance(hours(3 * 24));
  const json::array orders =
      List(Response(shop_.Get("/api/v2/order/get_order_detail", {{"order_sn_list", "2411010FMSHIP0"}})),
           "order_list");
  EXPECT_EQ(Element(List(Late(), "late_order_list"), "order_sn", "2411010FMSHIP0").at("shipping_deadline"),
            orders.at(0).at("ship_by_date"));
}

TEST_F(AccountHealthTest, LateOrdersComeInPages) {
  Advance(hours(3 * 24));
  const std::size_t all = List(Late({{"page_no", "1"}, {"page_size", "100"}}), "late_order_list").size();
  EXPECT_GT(all, 10U);
  EXPECT_EQ(Late().at("total_count"), all);
  EXPECT_EQ(List(Late(), "late_order_list").size(), 10U) << "ten by default";
  EXPECT_EQ(List(Late({{"page_no", "2"}}), "late_order_list").size(), all - 10);
  EXPECT_EQ(Text(shop_.Get(kHealth + "get_late_orders", {{"page_size", "101"}}), "error"), "error_param");
}

TEST_F(AccountHealthTest, AnOrderThatIsShippedLateIsALateShipment) {
  Ship("2411010FMSHIP0");
  EXPECT_EQ(Source(1).at("total_count"), 0);
  Advance(hours(5 * 24));
  Ship("2411010FMSHIP1");
  const json::object source = Source(1);
  EXPECT_EQ(source.at("metrics_id"), 1) << "as in the documented sample";
  ASSERT_EQ(source.at("total_count"), 1);
  const json::object row = List(source, "lsr_order_list").at(0).as_object();
  EXPECT_EQ(Text(row, "order_sn"), "2411010FMSHIP1");
  EXPECT_GT(row.at("actual_shipping_time").as_int64(), row.at("shipping_deadline").as_int64());
  EXPECT_EQ(row.at("late_by_days"), 3);
  EXPECT_EQ(MetricOf(Performance(), 1).at("current_period").to_number<double>(), 50.0);
}

TEST_F(AccountHealthTest, ABoundParcelShowsItsFirstMileAndItsHandover) {
  Bind("2411010FMDEMO0");
  const auto row = [this] {
    return Element(List(Source(25, {{"page_size", "100"}}), "fhr_order_list"), "order_sn", "2411010FMDEMO0");
  };
  EXPECT_EQ(Text(row(), "first_mile_tracking_no"), kNumber);
  EXPECT_EQ(Text(row(), "first_mile_type"), "Pickup");
  EXPECT_EQ(row().at("handover_time"), 0);
  EXPECT_LT(row().at("fast_handover_due_date").as_int64(), row().at("handover_deadline").as_int64());
  const int64_t bound_at = shop_.now;
  Advance(hours(13));
  EXPECT_GT(row().at("handover_time").as_int64(), bound_at);
  EXPECT_EQ(Source(2001).at("total_count"), Source(25).at("total_count")) << "all parcels are SLS";
  EXPECT_EQ(Source(2002).at("total_count"), 0);
}

TEST_F(AccountHealthTest, ThePreparationEndsWithTheCollection) {
  Ship("2411010FMSHIP0");
  Bind("2411010FMSHIP0");
  EXPECT_EQ(Source(4).at("total_count"), 0);
  Advance(hours(13));
  const json::object row = List(Source(4), "apt_order_list").at(0).as_object();
  EXPECT_EQ(Text(row, "order_sn"), "2411010FMSHIP0");
  EXPECT_EQ(Text(row, "first_mile_tracking_no"), kNumber);
  const double days =
      static_cast<double>(row.at("actual_pick_up_time").as_int64() - row.at("order_create_time").as_int64()) /
      kDay;
  EXPECT_NEAR(row.at("preparation_days").to_number<double>(), days, 0.01);
  EXPECT_EQ(MetricOf(Performance(), 4).at("current_period"), row.at("preparation_days"));
}

TEST_F(AccountHealthTest, AParcelThatIsNeverCollectedIsAFailedPickup) {
  Ship("2411010FMSHIP0");
  Ship("2411010FMNOSCAN");
  Bind("2411010FMSHIP0");
  Bind("2411010FMNOSCAN");
  EXPECT_EQ(Source(28).at("total_count"), 0);
  Advance(hours(13));
  const json::object day = List(Source(28), "opfr_day_detail_data_list").at(0).as_object();
  EXPECT_EQ(Text(day, "date").size(), 10U);
  EXPECT_EQ(Text(day, "date").substr(5), "/2026") << "DD/MM/YYYY";
  EXPECT_EQ(day.at("scheduled_pickup_num"), 2);
  EXPECT_EQ(day.at("failed_pickup_num"), 1);
  EXPECT_EQ(day.at("opfr"), 50);
}

TEST_F(AccountHealthTest, ACancellationOfTheSellerCountsAndOneOfTheBuyerDoesNot) {
  shop_.Post("/api/v2/order/cancel_order",
             R"({"order_sn":"2411010FMSHIP0","cancel_reason":"CUSTOMER_REQUEST"})");
  Happen("2411010FMSHIP1", {OrderEvent::kCancelByBuyer});
  EXPECT_EQ(
      List(Source(42), "cancellation_order_list"),
      (json::array{{{"order_sn", "2411010FMSHIP0"}, {"cancellation_type", 2}, {"detailed_reason", 10014}}}));
  EXPECT_EQ(Source(3).at("total_count"), 1);
  EXPECT_EQ(Source(43).at("total_count"), 0);
}

TEST_F(AccountHealthTest, AGivenUpPickupIsTheReasonOfACancellation) {
  Happen("2411010FMSHIP0", {OrderEvent::kShip, OrderEvent::kFailPickup, OrderEvent::kGiveUpPickup});
  EXPECT_EQ(List(Source(3), "nfr_order_list"),
            (json::array{
                {{"order_sn", "2411010FMSHIP0"}, {"non_fulfillment_type", 1}, {"detailed_reason", 1003}}}));
  const json::object day = List(Source(28), "opfr_day_detail_data_list").at(0).as_object();
  EXPECT_EQ(day.at("failed_pickup_num"), 1);
}

TEST_F(AccountHealthTest, AReturnIsARefund) {
  Happen("2411010FMSHIP0",
         {OrderEvent::kShip, OrderEvent::kPickUp, OrderEvent::kDeliver, OrderEvent::kReturn});
  EXPECT_EQ(List(Source(43), "return_refund_order_list"),
            (json::array{{{"order_sn", "2411010FMSHIP0"}, {"detailed_reason", 10021}}}));
  EXPECT_EQ(List(Source(3), "nfr_order_list").at(0).at("non_fulfillment_type"), 3);
}

TEST_F(AccountHealthTest, ADeliveryIsComparedWithItsEstimate) {
  Ship("2411010FMSHIP0");
  Bind("2411010FMSHIP0");
  Advance(hours(20 * 24));
  const json::object row = List(Source(2036), "otdr_order_list").at(0).as_object();
  EXPECT_EQ(Text(row, "order_sn"), "2411010FMSHIP0");
  EXPECT_GT(row.at("real_delivery_time").as_int64(), row.at("actual_pick_up_time").as_int64());
  EXPECT_LT(row.at("real_delivery_time").as_int64(), row.at("estimated_delivery_date").as_int64());
  EXPECT_EQ(MetricOf(Performance(), 2036).at("current_period").to_number<double>(), 100.0);
}

TEST_F(AccountHealthTest, AMetricWithoutOrdersHasNoValue) {
  const json::object metric = MetricOf(Performance(), 1);
  EXPECT_TRUE(metric.at("current_period").is_null());
  EXPECT_TRUE(metric.at("last_period").is_null());
  EXPECT_EQ(Text(metric, "metric_name"), "late_shipment_rate");
  EXPECT_EQ(metric.at("target"), (json::object{{"value", 10.0}, {"comparator", "<"}}));
  EXPECT_EQ(Performance().at("overall_performance").at("rating"), 4);
}

TEST_F(AccountHealthTest, AMissedTargetLowersTheRating) {
  Advance(hours(5 * 24));
  Ship("2411010FMSHIP0");
  EXPECT_EQ(
      Performance().at("overall_performance"),
      (json::object{
          {"rating", 3}, {"fulfillment_failed", 1}, {"listing_failed", 0}, {"custom_service_failed", 0}}));
}

TEST_F(AccountHealthTest, OldOrdersMoveToTheLastPeriodAndThenOut) {
  Advance(hours(5 * 24));
  Ship("2411010FMSHIP0");
  Advance(hours(60 * 24));
  EXPECT_EQ(Source(1).at("total_count"), 0);
  EXPECT_TRUE(MetricOf(Performance(), 1).at("current_period").is_null());
  EXPECT_EQ(MetricOf(Performance(), 1).at("last_period").to_number<double>(), 100.0);
}

TEST_F(AccountHealthTest, AnUnknownMetricIsAnErrorOfNoTable) {
  const std::string path = kHealth + "get_metric_source_detail";
  const json::object refused = shop_.Get(path, {{"metric_id", "27"}});
  EXPECT_EQ(Text(refused, "error"), "SERVER_ERROR");
  EXPECT_EQ(Text(refused, "message"), "invalid metrics id");
  EXPECT_TRUE(refused.at("response").is_null());
  EXPECT_EQ(Text(shop_.Get(path), "message"), "Wrong parameters, detail: metric_id is a required field.");
}

TEST_F(AccountHealthTest, MetricsOfListingsAreKnownAndEmpty) {
  for (const int metric : {12, 15, 52, 53, 96, 97, 2030, 2031})
    EXPECT_EQ(Source(metric).at("total_count"), 0);
  EXPECT_TRUE(List(Source(96), "sdd_listing_list").empty());
}

}  // namespace
}  // namespace emulator_test
