#include "emulator/world/world_builder.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <utility>

namespace emulator::world {
namespace {

constexpr int64_t kRecentDays = 30;
constexpr int64_t kSpreadSeconds = 25 * kSecondsPerDay;
constexpr int64_t kFirstAddressId = 11222;

std::string Base36(int value, int digits) {
  std::string text(static_cast<std::size_t>(digits), '0');
  for (auto it = text.rbegin(); it != text.rend(); ++it, value /= 36) {
    *it = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % 36];
  }
  return text;
}

}  // namespace

Builder::Builder(World& world, Shop& shop, int shop_index)
    : world_(world),
      shop_(shop),
      shop_index_(shop_index),
      recent_(StartOfDay(world.Today()) - kRecentDays * kSecondsPerDay) {
  shop.pickup_address_id = kFirstAddressId + shop_index;
}

std::string Builder::BulkSn(char kind, int i) const {
  return absl::StrCat("241101", std::string(1, kind), Base36(shop_index_, 2), Base36(i, 5));
}

Row Builder::AddOrder(std::string sn, int64_t create_time, OrderStatus status) {
  return world_.AddOrder(shop_.id, std::move(sn), create_time, status);
}

Row Builder::AddPackage(Row order, Package package) {
  if (package.warehouse == nullptr) package.warehouse = &HomeWarehouse(shop_.region);
  return world_.AddPackage(order, std::move(package));
}

Row Builder::AddUnbound(std::string sn, int i) {
  const int64_t time = recent_ + (i < 10 ? i : 20 + kSpreadSeconds * i / spread_);
  const Row order = AddOrder(std::move(sn), time, OrderStatus::kProcessed);
  const int serial = ++packages_;
  Package package;
  package.number = absl::StrFormat("OFG1%04d%010d", shop_index_, serial);
  package.tracking_number = absl::StrFormat("MY%04d%08dIT", shop_index_, serial);
  return AddPackage(order, std::move(package));
}

Row Builder::AddNumber(std::string code, Day day, ShipmentMethod method, FirstMileStatus status) {
  FirstMileNumber number;
  number.code = std::move(code);
  number.owner_shop = method == ShipmentMethod::kDropoff ? 0 : shop_.id;
  number.region = shop_.region;
  number.method = method;
  number.status = status;
  number.declare_day = day;
  number.create_time = StartOfDay(day);
  if (method == ShipmentMethod::kPickup) number.channel_id = kPickupChannelId;
  if (method == ShipmentMethod::kDropoff) number.channel_id = shop_.region == Region::kCn ? 8101 : 8201;
  return world_.AddNumber(std::move(number));
}

Row Builder::AddNumberWithOrders(std::string code, Day day, ShipmentMethod method, FirstMileStatus status,
                                 int orders) {
  const Row row = AddNumber(std::move(code), day, method, status);
  BindNewOrders(row, 'N', orders);
  return row;
}

FirstMileNumber& Builder::AddBinding(std::string binding_id, std::string code, Day day, int orders) {
  FirstMileNumber binding;
  binding.binding_id = std::move(binding_id);
  binding.code = std::move(code);
  binding.owner_shop = shop_.id;
  binding.region = shop_.region;
  binding.method = ShipmentMethod::kCourierDelivery;
  binding.status = FirstMileStatus::kOrderReceived;
  binding.declare_day = day;
  binding.create_time = StartOfDay(day);
  const Row row = world_.AddNumber(std::move(binding));
  BindNewOrders(row, 'C', orders);
  return world_.number(row);
}

void Builder::BindNewOrders(Row number_row, char kind, int orders) {
  const FirstMileStatus status = world_.number(number_row).status;
  const bool gone = status == FirstMileStatus::kPickedUp || status == FirstMileStatus::kDelivered;
  for (int i = 0; i < orders; ++i) {
    const Row order = AddOrder(BulkSn(kind, bound_orders_++), recent_, OrderStatus::kProcessed);
    const int serial = ++packages_;
    Package package;
    package.number = absl::StrFormat("OFG1%04d%010d", shop_index_, serial);
    package.tracking_number = absl::StrFormat("MY%04d%08dIT", shop_index_, serial);
    if (gone) package.logistics_status = LogisticsStatus::kPickupDone;
    package.picked_up = gone;
    package.at_warehouse = status == FirstMileStatus::kDelivered;
    world_.Bind(AddPackage(order, std::move(package)), number_row);
  }
}

}  // namespace emulator::world
