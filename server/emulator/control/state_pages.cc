#include "emulator/control/state_pages.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>
#include <map>
#include <string>

#include "emulator/auth/authorization.h"
#include "emulator/control/json_answer.h"

namespace emulator::control {
namespace {

namespace json = boost::json;
using engine::Engine;

constexpr std::size_t kLongestSnapshotName = 100;
constexpr char kDefaultSnapshot[] = "default";

json::object OrdersByStatus(const Shop& shop) {
  json::object counts;
  for (int i = 0; i < kOrderStatuses; ++i) {
    const auto& list = shop.orders_by_creation.by_status[static_cast<std::size_t>(i)];
    if (!list.empty()) counts[Name(static_cast<OrderStatus>(i))] = list.size();
  }
  return counts;
}

// Behind the newest kMostCountedNumbers, seen from the newest.
ListIndex::const_reverse_iterator EndOfNewest(const ListIndex& numbers) {
  auto end = numbers.rbegin();
  for (std::size_t i = 0; i < kMostCountedNumbers && end != numbers.rend(); ++i) ++end;
  return end;
}

json::object NumbersByStatus(const World& world, const ListIndex& numbers) {
  std::map<std::string_view, int64_t> counts;
  const auto end = EndOfNewest(numbers);
  for (auto it = numbers.rbegin(); it != end; ++it) {
    ++counts[Name(world.VisibleStatus(world.number(it->second)))];
  }
  json::object described;
  for (const auto& [status, count] : counts) described[status] = count;
  return described;
}

// Without the tokens themselves: /_emulator/shops shows those.
json::object DescribeTokens(World& world, const Shop& shop) {
  const auth::Grant& grant = auth::GrantOf(world, auth::ShopSubject(shop.id));
  json::object tokens{{"access_expires_at", nullptr},
                      {"authorization_ends_at", grant.ends_at},
                      {"refreshes", grant.refreshes},
                      {"lost_refreshes", grant.lost_refreshes}};
  if (!grant.access.value.empty() && grant.access.expires_at != kNeverExpires) {
    tokens["access_expires_at"] = grant.access.expires_at;
  }
  return tokens;
}

json::object DescribeShop(World& world, const Shop& shop) {
  return {{"shop_id", shop.id},
          {"name", shop.name},
          {"region", Name(shop.region)},
          {"linked", shop.linked},
          {"banned", shop.banned},
          {"first_mile", shop.first_mile},
          {"pre_declare", shop.pre_declare},
          {"orders", OrdersByStatus(shop)},
          {"unbound_packages", shop.unbound.size()},
          {"numbers", NumbersByStatus(world, shop.numbers)},
          {"bindings", NumbersByStatus(world, shop.bindings)},
          {"tokens", DescribeTokens(world, shop)}};
}

json::array DescribeSnapshots(const Engine& engine) {
  json::array names;
  for (const std::string& name : engine.SnapshotNames()) names.emplace_back(name);
  return names;
}

json::object DescribeNumber(const World& world, const FirstMileNumber& number) {
  json::array orders;
  for (const auto& [shop, package] : number.packages) {
    if (orders.size() == kMostListedOrdersOfNumber) break;
    orders.emplace_back(world.order(world.package(package).order).sn);
  }
  return {{"first_mile_tracking_number", world.CodeIsVisible(number) ? number.code : ""},
          {"binding_id", number.binding_id},
          {"shipment_method", Name(number.method)},
          {"status", Name(world.VisibleStatus(number))},
          {"declare_date", FormatDay(number.declare_day)},
          {"warehouse_id", number.warehouse == nullptr ? "" : number.warehouse->id},
          {"packages", number.packages.size()},
          {"orders", std::move(orders)}};
}

json::object DescribePackage(const World& world, const Package& package) {
  json::object described{{"package_number", package.number},
                         {"tracking_number", package.tracking_number},
                         {"logistics_status", Name(package.logistics_status)},
                         {"first_mile_tracking_number", nullptr}};
  if (package.holder != kNoRow) {
    const FirstMileNumber& holder = world.number(package.holder);
    described["first_mile_tracking_number"] = holder.binding_id.empty() ? holder.code : holder.binding_id;
  }
  return described;
}

json::object DescribeOrder(const World& world, const Order& order) {
  json::array packages;
  for (const Row row : order.packages) packages.push_back(DescribePackage(world, world.package(row)));
  return {{"order_sn", order.sn},
          {"status", Name(order.status)},
          {"create_time", order.create_time},
          {"update_time", order.update_time},
          {"packages", std::move(packages)}};
}

// What holds packages first, the newest of each kind first.
json::array NewestNumbers(const World& world, const ListIndex& numbers) {
  json::array list;
  const auto end = EndOfNewest(numbers);
  for (const bool used : {true, false}) {
    for (auto it = numbers.rbegin(); it != end && list.size() < kMostListedRows; ++it) {
      const FirstMileNumber& number = world.number(it->second);
      if (number.packages.empty() != used) list.push_back(DescribeNumber(world, number));
    }
  }
  return list;
}

json::array NewestOrders(const World& world, const ListIndex& orders) {
  json::array list;
  for (auto it = orders.rbegin(); it != orders.rend() && list.size() < kMostListedRows; ++it) {
    list.push_back(DescribeOrder(world, world.order(it->second)));
  }
  return list;
}

// The "name" of the body; nothing when it is no name.
std::optional<std::string> SnapshotName(const http::Request& request) {
  if (request.body.empty()) return kDefaultSnapshot;
  json::value storage;
  const json::object* object = ParseBody(request, storage);
  if (object == nullptr) return std::nullopt;
  const json::value* name = object->if_contains("name");
  if (name == nullptr) return kDefaultSnapshot;
  const bool fits =
      name->is_string() && !name->get_string().empty() && name->get_string().size() <= kLongestSnapshotName;
  return fits ? std::optional<std::string>(name->get_string()) : std::nullopt;
}

http::Answer BadName() {
  return Error(400, "name must be a string of 1 to 100 bytes");
}

}  // namespace

http::Answer ShowState(Engine& engine) {
  json::object state;
  json::array shops;
  engine.WithWorld([&](World& world) {
    state["now"] = world.Now();
    state["today"] = FormatDay(world.Today());
    const std::vector<int64_t> ids = world.ShopIds();
    const std::size_t listed = std::min(ids.size(), kMostListedShops);
    for (std::size_t i = 0; i < listed; ++i) shops.push_back(DescribeShop(world, *world.FindShop(ids[i])));
    state["total_shops"] = ids.size();
    state["total_orders"] = world.order_count();
    state["total_packages"] = world.package_count();
    state["total_numbers"] = world.number_count();
  });
  state["faults"] = engine.faults().All().size();
  state["total_requests"] = engine.ledger().Read().total_requests;
  state["latency_ms"] = engine.latency().count();
  state["snapshots"] = DescribeSnapshots(engine);
  state["version"] = engine.version();
  state["shops"] = std::move(shops);
  return Ok(state);
}

http::Answer ShowShop(Engine& engine, const http::Request& request) {
  const std::string* text = request.Find("shop_id");
  int64_t id = 0;
  if (text == nullptr) return Error(400, "shop_id is required");
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), id);
  if (failure != std::errc() || end != text->data() + text->size())
    return Error(400, "shop_id must be a number");
  json::object described;
  engine.WithWorld([&](World& world) {
    const Shop* shop = world.FindShop(id);
    if (shop == nullptr) return;
    described = DescribeShop(world, *shop);
    described["number_list"] = NewestNumbers(world, shop->numbers);
    described["binding_list"] = NewestNumbers(world, shop->bindings);
    described["order_list"] = NewestOrders(world, shop->orders_by_update.all);
  });
  return described.empty() ? Error(404, "no such shop") : Ok(described);
}

http::Answer TakeSnapshot(Engine& engine, const http::Request& request) {
  const auto name = SnapshotName(request);
  if (!name) return BadName();
  if (!engine.TakeSnapshot(*name)) return Error(409, "there are too many snapshots already; DELETE them");
  return ListSnapshots(engine);
}

http::Answer ListSnapshots(Engine& engine) {
  return Ok(json::object{{"snapshots", DescribeSnapshots(engine)}});
}

http::Answer RestoreSnapshot(Engine& engine, const http::Request& request) {
  const auto name = SnapshotName(request);
  if (!name) return BadName();
  return engine.RestoreSnapshot(*name) ? Ok(json::object{{"ok", true}}) : Error(404, "no such snapshot");
}

}  // namespace emulator::control
