#include "emulator/simulation/simulation.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <random>
#include <utility>
#include <vector>

#include "emulator/api/routes.h"
#include "emulator/time/virtual_clock.h"
#include "emulator/world/state_check.h"
#include "emulator/world/world.h"

namespace emulator::simulation {
namespace {

namespace json = boost::json;

constexpr int64_t kStart = 1'795'104'000;  // 2026-11-20 00:00 UTC+8
constexpr int64_t kFirstShop = 600000;
constexpr int64_t kFirstAddress = 11222;
constexpr int64_t kShippingSeconds = 9 * 3600;  // time of day at which shops ship; they bind two hours later
constexpr int64_t kBindingSeconds = 11 * 3600;
constexpr std::size_t kOrdersPerBind = 50;

const std::string kFirstMile = "/api/v2/first_mile/";
const std::string kLogistics = "/api/v2/logistics/";

using Query = std::vector<std::pair<std::string, std::string>>;

std::string_view View(const json::value& text) {
  return {text.as_string().data(), text.as_string().size()};
}

class Simulation {
 public:
  explicit Simulation(const SimulationPlan& plan)
      : plan_(plan), random_(plan.seed), clock_(ManualClock(), [] { return kStart; }), world_(Rules()) {
    for (int i = 0; i < plan_.shops; ++i) {
      const int64_t id = kFirstShop + i;
      world_.AddShop(id, i % 5 == 4 ? Region::kKr : Region::kCn, "token").pickup_address_id =
          kFirstAddress + i;
    }
    world_.StartMoving();
  }

  SimulationReport Run() {
    for (int day = 0; day < plan_.days && report_.error.empty(); ++day) {
      ForEachShop([&](Shop& shop) { AddOrders(shop, day); });
      GoTo(day * kSecondsPerDay + kShippingSeconds);
      ForEachShop([&](Shop& shop) { ShipAll(shop); });
      GoTo(day * kSecondsPerDay + kBindingSeconds);
      ForEachShop([&](Shop& shop) { PrintSome(shop); });
      ForEachShop([&](Shop& shop) { BindAll(shop); });
      GoTo((day + 1) * kSecondsPerDay);
    }
    return Conclude();
  }

 private:
  static ClockOptions ManualClock() { return {.mode = ClockOptions::Mode::kManual, .start = kStart}; }

  WorldRules Rules() {
    WorldRules rules;
    rules.seed = plan_.seed;
    rules.now = [this] { return clock_.Now(); };
    return rules;
  }

  template <typename Act>
  void ForEachShop(Act act) {
    for (const int64_t id : world_.ShopIds()) act(*world_.FindShop(id));
  }

  void GoTo(int64_t seconds) {
    clock_.Advance(kStart + seconds - clock_.Now());
    world_.CatchUp();
  }

  uint64_t Draw(uint64_t below) { return random_() % below; }

  // Runs an operation as the gateway would and keeps the first error.
  json::value Call(const Shop& shop, const std::string& path, const Query& query, const json::object& body) {
    const api::Route* route = api::FindRoute(path);
    http::Request request;
    request.verb = route->verb;
    request.path = path;
    request.query = query;
    request.content_type = "application/json";
    if (route->verb == "POST") request.body = json::serialize(body);
    api::Caller caller;
    caller.shop = world_.FindShop(shop.id);
    const api::Reply reply = api::Run(*route, request, world_, caller);
    ++report_.calls;
    if (!reply.error.empty() && report_.error.empty()) {
      report_.error = absl::StrCat(path, ": ", reply.error, ": ", reply.message);
    }
    return reply.response.value_or(json::value());
  }
  json::value Get(const Shop& shop, const std::string& path, const Query& query) {
    return Call(shop, path, query, {});
  }
  json::value Post(const Shop& shop, const std::string& path, const json::object& body) {
    return Call(shop, path, {}, body);
  }

  void AddOrders(const Shop& shop, int day) {
    for (int i = 0; i < plan_.orders_per_day; ++i) {
      const uint64_t serial = report_.orders++;
      const Row order = world_.AddOrder(
          shop.id, absl::StrFormat("%sJ%07d", FormatShortDay(world_.Today()), serial),
          clock_.Now() - static_cast<int64_t>(Draw(kSecondsPerDay)), OrderStatus::kReadyToShip);
      const int packages = Draw(20) == 0 ? 2 : 1;
      for (int part = 0; part < packages; ++part) {
        Package package;
        package.number = absl::StrFormat("OFG%d%d%09d", day % 10, part, serial);
        package.logistics_status = LogisticsStatus::kReady;
        package.warehouse = &HomeWarehouse(shop.region);
        world_.AddPackage(order, std::move(package));
      }
    }
  }

  // All rows of a list, page by page.
  json::array ReadAll(const Shop& shop, const std::string& path) {
    json::array rows;
    std::string cursor;
    do {
      const json::value page =
          Get(shop, path,
              {{"page_size", "100"}, {"cursor", cursor}, {"response_optional_fields", "package_number"}});
      if (!report_.error.empty()) break;
      for (const json::value& row : page.at("order_list").as_array()) rows.push_back(row);
      cursor = View(page.at("next_cursor"));
    } while (!cursor.empty());
    return rows;
  }

  void ShipAll(const Shop& shop) {
    for (const json::value& row : ReadAll(shop, "/api/v2/order/get_shipment_list")) {
      const std::string sn(View(row.at("order_sn")));
      const std::string number(View(row.at("package_number")));
      const bool split = world_.FindOrder(sn)->packages.size() > 1;
      const json::value options = Get(shop, kLogistics + "get_shipping_parameter",
                                      {{"order_sn", sn}, {"package_number", split ? number : ""}});
      if (!report_.error.empty()) return;
      json::object body = {{"order_sn", sn}};
      if (split) body["package_number"] = number;
      if (Draw(2) == 0) {
        body["dropoff"] = {{"branch_id", 1}};
      } else {
        const json::value& address = options.at("pickup").at("address_list").at(0);
        const json::value& slot = address.at("time_slot_list").at(0);
        body["pickup"] = {{"address_id", address.at("address_id")},
                          {"pickup_time_id", slot.at("pickup_time_id")}};
      }
      Post(shop, kLogistics + "ship_order", body);
      ++report_.shipped;
    }
  }

  void PrintSome(const Shop& shop) {
    const json::array rows = ReadAll(shop, kFirstMile + "get_unbind_order_list");
    json::array orders;
    for (std::size_t i = 0; i < std::min<std::size_t>(rows.size(), 10); ++i) {
      const Package* package = world_.FindPackage(View(rows[i].at("package_number")));
      orders.push_back({{"order_sn", rows[i].at("order_sn")},
                        {"package_number", package->number},
                        {"tracking_number", package->tracking_number}});
    }
    if (!orders.empty()) Post(shop, kLogistics + "create_shipping_document", {{"order_list", orders}});
  }

  void BindAll(const Shop& shop) {
    const json::array rows = ReadAll(shop, kFirstMile + "get_unbind_order_list");
    for (std::size_t i = 0; i < rows.size() && report_.error.empty(); i += kOrdersPerBind) {
      json::array orders;
      for (std::size_t k = i; k < std::min(rows.size(), i + kOrdersPerBind); ++k) {
        orders.push_back(
            {{"order_sn", rows[k].at("order_sn")}, {"package_number", rows[k].at("package_number")}});
      }
      report_.bound += orders.size();
      BindSome(shop, orders);
      if (Draw(10) == 0) UnbindOne(shop, orders.front());
    }
  }

  void BindSome(const Shop& shop, const json::array& orders) {
    const uint64_t way = Draw(shop.region == Region::kCn ? 4 : 3);
    if (way == 3) return BindCourier(shop, orders);
    json::object body = {{"region", Name(shop.region)}, {"order_list", orders}};
    if (way == 0) {
      body["first_mile_tracking_number"] = absl::StrFormat("SFJ%d%09d", shop.id, report_.calls);
      body["shipment_method"] = "dropoff";
      body["logistics_channel_id"] = shop.region == Region::kCn ? 8101 : 8201;
    } else {
      const json::value made = Post(shop, kFirstMile + "generate_first_mile_tracking_number",
                                    {{"declare_date", FormatDay(world_.Today())}, {"quantity", 1}});
      if (!report_.error.empty()) return;
      body["first_mile_tracking_number"] = made.at("first_mile_tracking_number_list").at(0);
      body["shipment_method"] = way == 1 ? "pickup" : "self_deliver";
      body["logistics_channel_id"] = way == 1 ? json::value(kPickupChannelId) : json::value(nullptr);
    }
    Post(shop, kFirstMile + "bind_first_mile_tracking_number", body);
  }

  void BindCourier(const Shop& shop, const json::array& orders) {
    Post(shop, kFirstMile + "generate_and_bind_first_mile_tracking_number",
         {{"shipment_method", "courier_delivery"},
          {"region", "CN"},
          {"order_list", orders},
          {"courier_delivery_info",
           {{"address_id", shop.pickup_address_id},
            {"warehouse_id", HomeWarehouse(shop.region).id},
            {"logistics_product_id", kPrepaidProduct},
            {"prepaid_account_id", kPrepaidAccountId},
            {"courier_service_id", "LCN70002"}}}});
  }

  // It returns to the unbound list and is bound to another number the next day.
  void UnbindOne(const Shop& shop, const json::value& order) {
    const Package* package = world_.FindPackage(View(order.at("package_number")));
    const FirstMileNumber& number = world_.number(package->holder);
    if (!number.binding_id.empty()) return;
    Post(shop, kFirstMile + "unbind_first_mile_tracking_number",
         {{"first_mile_tracking_number", number.code}, {"order_list", json::array{order}}});
  }

  SimulationReport Conclude() {
    for (Row row = 0; row < world_.order_count(); ++row) {
      const OrderStatus status = world_.order(row).status;
      const bool done = status == OrderStatus::kCompleted;
      if (done) ++report_.completed;
      if (done || status == OrderStatus::kShipped || status == OrderStatus::kToConfirmReceive) {
        ++report_.collected;
      }
    }
    report_.digest = world::DigestOf(world_);
    if (report_.error.empty()) report_.error = world::FindBrokenRule(world_);
    return report_;
  }

  const SimulationPlan plan_;
  std::mt19937_64 random_;
  time::VirtualClock clock_;
  World world_;
  SimulationReport report_;
};

}  // namespace

SimulationReport RunSimulation(const SimulationPlan& plan) {
  return Simulation(plan).Run();
}

}  // namespace emulator::simulation
