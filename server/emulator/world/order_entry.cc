#include "emulator/world/order_entry.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <string>

namespace emulator::world {
namespace {

namespace json = boost::json;

constexpr int64_t kLatestTime = 4'294'967'295;           // of an order, in Unix seconds
constexpr int64_t kUsualAge = 3600;                      // seconds
constexpr int64_t kLatestEvent = 3650 * kSecondsPerDay;  // from now
constexpr int64_t kMostItems = 50;                       // of a package

LogisticsStatus DefaultLogistics(OrderStatus status) {
  switch (status) {
    case OrderStatus::kUnpaid:
    case OrderStatus::kPending:
      return LogisticsStatus::kNotStart;
    case OrderStatus::kReadyToShip:
      return LogisticsStatus::kReady;
    case OrderStatus::kRetryShip:
      return LogisticsStatus::kPickupRetry;
    case OrderStatus::kProcessed:
    case OrderStatus::kInCancel:
      return LogisticsStatus::kRequestCreated;
    case OrderStatus::kShipped:
      return LogisticsStatus::kPickupDone;
    case OrderStatus::kCancelled:
      return LogisticsStatus::kInvalid;
    default:
      return LogisticsStatus::kDeliveryDone;
  }
}

bool WasPickedUp(LogisticsStatus status) {
  return status == LogisticsStatus::kPickupDone || status == LogisticsStatus::kDeliveryDone ||
         status == LogisticsStatus::kDeliveryFailed || status == LogisticsStatus::kLost;
}

bool HasNumber(LogisticsStatus status) {
  return WasPickedUp(status) || status == LogisticsStatus::kRequestCreated ||
         status == LogisticsStatus::kRequestCanceled || status == LogisticsStatus::kPickupRetry ||
         status == LogisticsStatus::kPickupFailed;
}

const Warehouse* ReadWarehouse(const JsonEntry& entry, Region region) {
  const std::string id = entry.Text("warehouse_id", HomeWarehouse(region).id);
  const Warehouse* warehouse = FindWarehouse(id);
  if (warehouse == nullptr || warehouse->region != region) {
    entry.Refuse("warehouse_id", "must be a warehouse of the shop's region");
  }
  return warehouse;
}

// `serial` makes the names that the entry does not give.
Package ReadPackage(const JsonEntry& entry, const std::string& serial, OrderStatus status, Region region) {
  entry.AllowOnly({"package_number", "tracking_number", "logistics_status", "warehouse_id", "items"});
  Package package;
  package.number = entry.Text("package_number", absl::StrCat("OFGS", serial));
  const auto logistics = ParseLogisticsStatus(entry.Text("logistics_status", Name(DefaultLogistics(status))));
  if (!logistics) entry.Refuse("logistics_status", "is not a known status");
  package.logistics_status = *logistics;
  package.tracking_number =
      entry.Text("tracking_number", HasNumber(*logistics) ? absl::StrCat("MYF", serial, "IT") : "");
  package.warehouse = ReadWarehouse(entry, region);
  package.picked_up = WasPickedUp(*logistics);
  package.at_warehouse = *logistics == LogisticsStatus::kDeliveryDone;
  return package;
}

bool HasPackage(const NewOrder& order, std::string_view number) {
  return std::any_of(order.packages.begin(), order.packages.end(),
                     [number](const Package& package) { return package.number == number; });
}

void ReadPackages(const JsonEntry& entry, Region region, const World& world, NewOrder& order) {
  const json::array& packages = entry.List("packages");
  const json::value plain = json::object();
  const std::size_t count = std::max<std::size_t>(packages.size(), 1);
  for (std::size_t i = 0; i < count; ++i) {
    const JsonEntry part(packages.empty() ? plain : packages[i],
                         absl::StrCat(entry.name(), ".packages[", i, "]"));
    Package package = ReadPackage(part, absl::StrCat(world.order_count(), "P", i), order.status, region);
    const bool taken = world.FindPackage(package.number) != nullptr || HasPackage(order, package.number);
    if (package.number.empty() || taken) part.Refuse("package_number", "must be new");
    const Row row = world.package_count() + static_cast<Row>(i);
    const auto items = static_cast<int>(part.Integer("items", 1, kMostItems, 1));
    for (int item = 0; item < items; ++item) package.items.push_back(UsualItem(row, item));
    order.packages.push_back(std::move(package));
  }
}

void ReadEvents(const JsonEntry& entry, NewOrder& order) {
  const json::array& events = entry.List("events");
  for (std::size_t i = 0; i < events.size(); ++i) {
    const JsonEntry part(events[i], absl::StrCat(entry.name(), ".events[", i, "]"));
    part.AllowOnly({"event", "package_number", "reason", "after_seconds"});
    order.events.push_back(ReadEvent(part));
    const std::string& number = order.events.back().package_number;
    if (!number.empty() && !HasPackage(order, number)) part.Refuse("package_number", "is not of this order");
  }
}

}  // namespace

TimedEvent ReadEvent(const JsonEntry& entry) {
  const auto event = ParseOrderEvent(entry.Text("event", ""));
  if (!event) entry.Refuse("event", "is required and must be one of GET /_emulator/order_events");
  return {*event, entry.Text("package_number", ""), entry.Text("reason", ""),
          entry.Integer("after_seconds", 0, kLatestEvent, 0)};
}

NewOrder ReadOrder(const JsonEntry& entry, const Shop& shop, const World& world) {
  NewOrder order;
  order.sn = entry.Text("order_sn", "");
  if (order.sn.empty() || world.FindOrder(order.sn) != nullptr) {
    entry.Refuse("order_sn", "is required and must be new");
  }
  const auto status = ParseOrderStatus(entry.Text("status", Name(OrderStatus::kReadyToShip)));
  if (!status) entry.Refuse("status", "is not a known status");
  order.status = *status;
  const int64_t age = entry.Integer("age_seconds", 0, world.Now(), kUsualAge);
  order.create_time = entry.Integer("create_time", 0, kLatestTime, world.Now() - age);
  ReadPackages(entry, shop.region, world, order);
  ReadEvents(entry, order);
  return order;
}

Row AddOrder(NewOrder order, const Shop& shop, World& world) {
  const Row row = world.AddOrder(shop.id, std::move(order.sn), order.create_time, order.status);
  for (Package& package : order.packages) world.AddPackage(row, std::move(package));
  for (TimedEvent& event : order.events) {
    const Row package = event.package_number.empty() ? kNoRow : world.RowOfPackage(event.package_number);
    world.lifecycle().Plan({row, event.event, package, std::move(event.reason)},
                           world.Now() + event.after_seconds);
  }
  return row;
}

}  // namespace emulator::world
