// Events of orders by the control API: every documented status, and the pushes that tell of them.
#include <set>

#include "emulator/world/state_check.h"
#include "push_fixture.h"

namespace emulator_test {
namespace {

// Documented; the enumerations of orders and of packages.
const std::set<std::string> kOrderStatuses = {"UNPAID",     "PENDING",   "READY_TO_SHIP",      "PROCESSED",
                                              "RETRY_SHIP", "SHIPPED",   "TO_CONFIRM_RECEIVE", "IN_CANCEL",
                                              "CANCELLED",  "TO_RETURN", "COMPLETED"};
const std::set<std::string> kLogisticsStatuses = {
    "LOGISTICS_NOT_START",     "LOGISTICS_PENDING_ARRANGE", "LOGISTICS_COD_REJECTED",
    "LOGISTICS_READY",         "LOGISTICS_REQUEST_CREATED", "LOGISTICS_PICKUP_DONE",
    "LOGISTICS_DELIVERY_DONE", "LOGISTICS_INVALID",         "LOGISTICS_REQUEST_CANCELED",
    "LOGISTICS_PICKUP_FAILED", "LOGISTICS_PICKUP_RETRY",    "LOGISTICS_DELIVERY_FAILED",
    "LOGISTICS_LOST"};

// From a new order; together they visit every status.
const std::vector<std::vector<std::string>> kStories = {
    {"hold", "allocate", "lack_capacity", "find_capacity", "reject_cod"},
    {"pay", "ship", "fail_pickup", "reschedule", "pick_up", "deliver", "return", "complete"},
    {"pay", "ship", "fail_pickup", "give_up_pickup"},
    {"pay", "ship", "pick_up", "fail_delivery"},
    {"pay", "ship", "pick_up", "lose"},
    {"pay", "ask_cancellation", "reject_cancellation", "cancel_by_seller"},
    {"pay", "ship", "ask_cancellation", "accept_cancellation"},
    {"cancel_by_buyer"},
    {"pay", "split", "unsplit", "split", "ship", "pick_up", "deliver"},
};

class OrderEventTest : public PushTest {
 protected:
  json::object NewOrder(json::object body = {}) {
    body.emplace("shop_id", kShop);
    const HttpReply reply = Control("POST", "orders", body);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.Json();
  }
  HttpReply Try(const std::string& sn, const std::string& event, json::object more = {}) {
    more["order_sn"] = sn;
    more["event"] = event;
    return Control("POST", "order_events", more);
  }
  json::object Happen(const std::string& sn, const std::string& event, const json::object& more = {}) {
    const HttpReply reply = Try(sn, event, more);
    EXPECT_EQ(reply.status, 200) << event << ": " << reply.body;
    return reply.Json();
  }
  // As get_order_detail shows it.
  json::object Detail(const std::string& sn) {
    const json::object answer =
        shop_.Get("/api/v2/order/get_order_detail", {{"order_sn_list", sn},
                                                     {"request_order_status_pending", "true"},
                                                     {"response_optional_fields", "package_list"}});
    return List(Response(answer), "order_list").at(0).as_object();
  }
  std::string Status(const std::string& sn) { return Text(Detail(sn), "order_status"); }
  std::string Package(const std::string& sn, std::size_t index = 0) {
    return Text(List(Detail(sn), "package_list").at(index).as_object(), "logistics_status");
  }
  void ExpectOrderly() {
    emulator_.WithWorld(
        [](emulator::World& world) { EXPECT_EQ(emulator::world::FindBrokenRule(world), ""); });
  }
};

TEST_F(OrderEventTest, EveryDocumentedStatusCanBeReached) {
  std::set<std::string> orders;
  std::set<std::string> packages;
  const auto look = [&](const std::string& sn) {
    const json::object detail = Detail(sn);
    orders.insert(Text(detail, "order_status"));
    for (const json::value& package : List(detail, "package_list")) {
      packages.insert(Text(package.as_object(), "logistics_status"));
    }
  };
  for (const auto& story : kStories) {
    const std::string sn = Text(NewOrder({{"packages", json::array{{{"items", 2}}}}}), "order_sn");
    look(sn);
    for (const std::string& event : story) {
      Happen(sn, event);
      look(sn);
    }
    ExpectOrderly();
  }
  EXPECT_EQ(orders, kOrderStatuses);
  EXPECT_EQ(packages, kLogisticsStatuses);
}

TEST_F(OrderEventTest, EveryEventHappensInAStoryAndNamesWhatMayFollow) {
  std::set<std::string> told;
  for (const auto& story : kStories) told.insert(story.begin(), story.end());
  std::set<std::string> known;
  const json::object table = Control("GET", "order_events").Json();
  for (const json::value& event : List(table, "events")) {
    known.insert(Text(event.as_object(), "event"));
  }
  EXPECT_EQ(told, known);
  EXPECT_EQ(List(NewOrder(), "events"),
            (json::array{"pay", "hold", "reject_cod", "cancel_by_buyer", "cancel_by_seller"}));
}

TEST_F(OrderEventTest, PushesTellOfEveryChangeOfStatus) {
  const std::string sn = Text(NewOrder(), "order_sn");
  for (const char* event : {"pay", "ship", "pick_up", "deliver"}) Happen(sn, event);
  std::vector<std::string> orders;
  for (const json::object& push : CameOf(3)) orders.push_back(Text(push.at("data").as_object(), "status"));
  EXPECT_EQ(orders,
            (std::vector<std::string>{"READY_TO_SHIP", "PROCESSED", "SHIPPED", "TO_CONFIRM_RECEIVE"}));
  std::vector<std::string> packages;
  for (const json::object& push : CameOf(30)) {
    EXPECT_EQ(Text(push.at("data").as_object(), "ordersn"), sn);
    packages.push_back(Text(push.at("data").as_object(), "fulfillment_status"));
  }
  EXPECT_EQ(packages, (std::vector<std::string>{"LOGISTICS_READY", "LOGISTICS_REQUEST_CREATED",
                                                "LOGISTICS_PICKUP_DONE", "LOGISTICS_DELIVERY_DONE"}));
  EXPECT_TRUE(CameOf(4).empty()) << "its number comes later";
  emulator_.AdvanceClock(std::chrono::minutes(1));
  EXPECT_EQ(CameOf(4).size(), 1U);
}

TEST_F(OrderEventTest, APackageCanFailItsPickupAlone) {
  const json::object order =
      NewOrder({{"status", "READY_TO_SHIP"}, {"packages", json::array{json::object(), json::object()}}});
  const std::string sn = Text(order, "order_sn");
  const std::string second = Text(List(order, "packages").at(1).as_object(), "package_number");
  Happen(sn, "ship");
  Happen(sn, "fail_pickup", {{"package_number", second}});
  EXPECT_EQ(Status(sn), "RETRY_SHIP");
  EXPECT_EQ(Package(sn, 0), "LOGISTICS_REQUEST_CREATED");
  EXPECT_EQ(Package(sn, 1), "LOGISTICS_PICKUP_RETRY");
  Happen(sn, "pick_up");
  EXPECT_EQ(Status(sn), "SHIPPED");
  Happen(sn, "lose", {{"package_number", second}});
  EXPECT_EQ(Status(sn), "SHIPPED") << "the other package travels on";
  Happen(sn, "deliver");
  EXPECT_EQ(Status(sn), "TO_CONFIRM_RECEIVE") << "one package was delivered";
  ExpectOrderly();
}

TEST_F(OrderEventTest, WhatCannotHappenIsRefusedAndSaysWhy) {
  const HttpReply reply = Try("2411010FMSHIP0", "deliver");
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(Text(reply.Json(), "error"),
            "deliver cannot happen to 2411010FMSHIP0 now: the order is READY_TO_SHIP");
  EXPECT_EQ(Try("2411010FMREADY", "split").status, 409) << "it has one item";
  EXPECT_EQ(Try("2411010FMSHIP0", "return").status, 409);
  EXPECT_EQ(Try("2411010FMPICKD", "cancel_by_seller").status, 409) << "its package is gone";
  EXPECT_EQ(Try("NONE", "pay").status, 404);
  EXPECT_EQ(Try("2411010FMSHIP0", "explode").status, 400);
  EXPECT_EQ(Try("2411010FMSHIP0", "ship", {{"package_number", "NONE"}}).status, 400);
  EXPECT_EQ(Try("2411010FMSHIP0", "ship", {{"pakage_number", ""}}).status, 400);
  EXPECT_EQ(Control("POST", "orders", {{"shop_id", 1}}).status, 404);
  EXPECT_EQ(Control("POST", "orders", {{"shop_id", kShop}, {"order_sn", "2411010FMSHIP0"}}).status, 400);
  EXPECT_EQ(Status("2411010FMSHIP0"), "READY_TO_SHIP");
}

TEST_F(OrderEventTest, AnEventLaterHappensAtItsTimeIfItStillCan) {
  const std::string sn = Text(NewOrder(), "order_sn");
  Happen(sn, "pay", {{"after_seconds", 60}});
  Happen(sn, "cancel_by_seller", {{"after_seconds", 120}});
  EXPECT_EQ(Status(sn), "UNPAID");
  emulator_.AdvanceClock(std::chrono::seconds(60));
  EXPECT_EQ(Status(sn), "READY_TO_SHIP");
  for (const char* event : {"ship", "pick_up"}) Happen(sn, event);
  emulator_.AdvanceClock(std::chrono::seconds(60));
  EXPECT_EQ(Status(sn), "SHIPPED") << "it is too late to cancel";
}

TEST_F(OrderEventTest, ACollectedPackageArrivesByItself) {
  const std::string sn = Text(NewOrder({{"status", "PROCESSED"}}), "order_sn");
  Happen(sn, "pick_up");
  emulator_.AdvanceClock(std::chrono::hours(24 * 30));
  EXPECT_EQ(Status(sn), "COMPLETED");
}

class SeededEventTest : public EmulatorTest {
 protected:
  static emulator::Options Seeded() {
    emulator::Options options;
    options.seed_json = R"({"shops":[{"shop_id":600000,"orders":[
      {"order_sn":"A","status":"UNPAID","packages":[{"items":2}],
       "events":[{"event":"pay"},{"event":"split"},{"event":"ask_cancellation","after_seconds":60}]}]}]})";
    return options;
  }
  SeededEventTest() : EmulatorTest(Seeded()) {}
  json::object Detail() {
    return List(Response(shop_.Get("/api/v2/order/get_order_detail",
                                   {{"order_sn_list", "A"}, {"response_optional_fields", "package_list"}})),
                "order_list")
        .at(0)
        .as_object();
  }
};

TEST_F(SeededEventTest, ASeedFilePlansWhatHappensToItsOrders) {
  EXPECT_EQ(Text(Detail(), "order_status"), "READY_TO_SHIP");
  EXPECT_EQ(List(Detail(), "package_list").size(), 2U);
  emulator_.AdvanceClock(std::chrono::seconds(60));
  EXPECT_EQ(Text(Detail(), "order_status"), "IN_CANCEL");
}

}  // namespace
}  // namespace emulator_test
