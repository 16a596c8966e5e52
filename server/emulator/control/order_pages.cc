#include "emulator/control/order_pages.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <string>

#include "emulator/control/json_answer.h"
#include "emulator/control/order_json.h"
#include "emulator/world/order_entry.h"
#include "emulator/world/order_events.h"

namespace emulator::control {
namespace {

namespace json = boost::json;
using engine::Engine;
using world::JsonEntry;
using world::OrderEvent;

constexpr int64_t kMaxId = 4'294'967'295;

// Runs `act` on the body; a WrongEntry becomes the answer.
template <typename Act>
http::Answer WithBody(Engine& engine, const http::Request& request, Act act) {
  json::value storage;
  if (control::ParseBody(request, storage) == nullptr) return Error(400, "the body must be a JSON object");
  http::Answer answer;
  engine.WithWorld([&](World& world) {
    try {
      answer = act(JsonEntry(storage, "the body"), world);
    } catch (const world::WrongEntry& wrong) {
      answer = Error(400, wrong.what());
    }
  });
  return answer;
}

// A new name like Shopee's: the day, then letters and digits.
std::string NewName(const World& world) {
  uint64_t serial = world.order_count();
  std::string sn;
  do {
    sn = absl::StrFormat("%sNEW%05d", FormatShortDay(world.Today()), serial++);
  } while (world.FindOrder(sn) != nullptr);
  return sn;
}

// Without members of its own, the new order is created now and not paid.
json::object WithDefaults(json::object order, const World& world) {
  order.erase("shop_id");
  if (!order.contains("order_sn")) order["order_sn"] = NewName(world);
  if (!order.contains("status")) order["status"] = Name(OrderStatus::kUnpaid);
  if (!order.contains("age_seconds")) order["age_seconds"] = 0;
  return order;
}

Row RowOfPackage(const JsonEntry& entry, const Order& order, const std::string& number, const World& world) {
  if (number.empty()) return kNoRow;
  const Row row = world.RowOfPackage(number);
  const bool own = std::find(order.packages.begin(), order.packages.end(), row) != order.packages.end();
  if (!own) entry.Refuse("package_number", "is not of this order");
  return row;
}

http::Answer LetHappen(const JsonEntry& entry, Row row, World& world) {
  const world::TimedEvent timed = world::ReadEvent(entry);
  const Order& order = world.order(row);
  const OrderChange change{row, timed.event, RowOfPackage(entry, order, timed.package_number, world),
                           timed.reason};
  if (timed.after_seconds > 0) {
    if (!world.lifecycle().Plan(change, world.Now() + timed.after_seconds)) {
      return Error(409, "there are 1000000 planned events already");
    }
  } else if (!world.lifecycle().Apply(world, change)) {
    return Error(409, absl::StrCat(std::string(world::TransitionOf(timed.event).name), " cannot happen to ",
                                   order.sn, " now: the order is ", std::string(Name(order.status))));
  }
  return Ok(DescribeOrder(world, row));
}

}  // namespace

http::Answer ListOrderEvents() {
  json::array events;
  for (const world::Transition& transition : world::Transitions()) {
    json::array statuses;
    for (int i = 0; i < kOrderStatuses; ++i) {
      const auto status = static_cast<OrderStatus>(i);
      if (transition.from.Has(status)) statuses.emplace_back(Name(status));
    }
    json::array moves;
    for (const world::PackageMove& move : transition.moves) {
      moves.push_back({{"from", Name(move.from)}, {"to", Name(move.to)}});
    }
    events.push_back({{"event", transition.name},
                      {"meaning", transition.meaning},
                      {"from", std::move(statuses)},
                      {"packages", std::move(moves)}});
  }
  return Ok(json::object{{"events", std::move(events)}});
}

http::Answer CreateOrder(Engine& engine, const http::Request& request) {
  return WithBody(engine, request, [](const JsonEntry& entry, World& world) {
    entry.AllowOnly({"shop_id", "order_sn", "status", "age_seconds", "create_time", "packages", "events"});
    const Shop* shop = world.FindShop(entry.Integer("shop_id", 1, kMaxId, std::nullopt));
    if (shop == nullptr) return Error(404, "unknown shop_id");
    const json::value order = WithDefaults(entry.object(), world);
    const Row row =
        world::AddOrder(world::ReadOrder(JsonEntry(order, entry.name()), *shop, world), *shop, world);
    world.CatchUp();
    return Ok(DescribeOrder(world, row));
  });
}

http::Answer ChangeOrder(Engine& engine, const http::Request& request) {
  return WithBody(engine, request, [](const JsonEntry& entry, World& world) {
    entry.AllowOnly({"order_sn", "event", "package_number", "reason", "after_seconds"});
    const Row row = world.RowOfOrder(entry.Text("order_sn", ""));
    return row == kNoRow ? Error(404, "unknown order_sn") : LetHappen(entry, row, world);
  });
}

}  // namespace emulator::control
