#include "emulator/control/state_pages.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>
#include <map>
#include <string>

#include "emulator/auth/authorization.h"
#include "emulator/control/json_answer.h"
#include "emulator/control/order_json.h"

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

// One past the newest kMaxCountedNumbers, in reverse order.
ListIndex::const_reverse_iterator EndOfNewest(const ListIndex& numbers) {
  auto end = numbers.rbegin();
  for (std::size_t i = 0; i < kMaxCountedNumbers && end != numbers.rend(); ++i) ++end;
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

// Without the token values, which /_emulator/shops shows.
json::object DescribeTokens(World& world, const Shop& shop) {
  const auth::Grant& grant = auth::GrantOf(world, auth::ShopSubject(shop.id));
  json::object tokens{{"access_expires_at", nullptr},
                      {"authorization_ends_at", grant.ends_at},
                      {"refreshes", grant.refreshes},
                      {"repeated_refreshes", grant.repeated_refreshes},
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
    if (orders.size() == kMaxListedOrdersOfNumber) break;
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

// Those with packages first; the newest first within each group.
json::array NewestNumbers(const World& world, const ListIndex& numbers) {
  json::array list;
  const auto end = EndOfNewest(numbers);
  for (const bool used : {true, false}) {
    for (auto it = numbers.rbegin(); it != end && list.size() < kMaxListedRows; ++it) {
      const FirstMileNumber& number = world.number(it->second);
      if (number.packages.empty() != used) list.push_back(DescribeNumber(world, number));
    }
  }
  return list;
}

json::array NewestOrders(const World& world, const ListIndex& orders) {
  json::array list;
  for (auto it = orders.rbegin(); it != orders.rend() && list.size() < kMaxListedRows; ++it) {
    list.push_back(DescribeOrder(world, it->second));
  }
  return list;
}

// The "name" of the body; nullopt if it is not a valid name.
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
    const std::size_t listed = std::min(ids.size(), kMaxListedShops);
    for (std::size_t i = 0; i < listed; ++i) shops.push_back(DescribeShop(world, *world.FindShop(ids[i])));
    state["total_shops"] = ids.size();
    state["total_orders"] = world.order_count();
    state["total_packages"] = world.package_count();
    state["total_numbers"] = world.number_count();
  });
  state["faults"] = engine.faults().All().size();
  state["total_requests"] = engine.request_log().Read().total_requests;
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
  return described.empty() ? Error(404, "unknown shop_id") : Ok(described);
}

http::Answer TakeSnapshot(Engine& engine, const http::Request& request) {
  const auto name = SnapshotName(request);
  if (!name) return BadName();
  if (!engine.TakeSnapshot(*name)) return Error(409, "there are 16 snapshots already; DELETE them");
  return ListSnapshots(engine);
}

http::Answer ListSnapshots(Engine& engine) {
  return Ok(json::object{{"snapshots", DescribeSnapshots(engine)}});
}

http::Answer RestoreSnapshot(Engine& engine, const http::Request& request) {
  const auto name = SnapshotName(request);
  if (!name) return BadName();
  return engine.RestoreSnapshot(*name) ? Ok(json::object{{"ok", true}}) : Error(404, "unknown snapshot name");
}

}  // namespace emulator::control
