// Orders of a World: their indices and changes of state.
#include <absl/strings/str_format.h>

#include <algorithm>
#include <utility>

#include "emulator/world/world.h"

namespace emulator {
namespace {

void Insert(OrderIndex& index, OrderStatus status, ListKey key) {
  if (status != OrderStatus::kPending) index.all.insert(key);
  index.by_status[static_cast<std::size_t>(status)].insert(key);
}

void Erase(OrderIndex& index, OrderStatus status, ListKey key) {
  index.all.erase(key);
  index.by_status[static_cast<std::size_t>(status)].erase(key);
}

}  // namespace

void World::ListOrder(Row row) {
  const Order& order = orders_[row];
  Shop* shop = FindShop(order.shop_id);
  if (shop == nullptr) return;
  Insert(shop->orders_by_creation, order.status, {order.create_time, row});
  Insert(shop->orders_by_update, order.status, {order.update_time, row});
}

void World::UnlistOrder(Row row) {
  const Order& order = orders_[row];
  Shop* shop = FindShop(order.shop_id);
  if (shop == nullptr) return;
  Erase(shop->orders_by_creation, order.status, {order.create_time, row});
  Erase(shop->orders_by_update, order.status, {order.update_time, row});
}

const Pickup* World::PickupOf(Row package) const {
  const auto it = pickups_.find(package);
  return it == pickups_.end() ? nullptr : &it->second;
}

void World::SetOrderStatus(Row row, OrderStatus status, int64_t at) {
  UnlistOrder(row);
  Order& order = orders_[row];
  const bool changed = order.status != status;
  order.status = status;
  order.update_time = static_cast<uint32_t>(at);
  ListOrder(row);
  for (const Row package : order.packages) UpdateUnbound(package);
  if (changed && observer_ != nullptr) observer_->OnOrderStatus(order);
}

void World::SetLogisticsStatus(Row row, LogisticsStatus status, int64_t at) {
  Package& package = packages_[row];
  const bool changed = package.logistics_status != status;
  package.logistics_status = status;
  UpdateUnbound(row);
  if (changed && observer_ != nullptr) observer_->OnFulfillment(orders_[package.order], package, at);
}

void World::SetTrackingNumber(Row row, std::string number, int64_t at) {
  Package& package = packages_[row];
  const bool changed = package.tracking_number != number;
  package.tracking_number = std::move(number);
  UpdateUnbound(row);
  if (changed && observer_ != nullptr) observer_->OnTrackingNumber(orders_[package.order], package, at);
}

Items World::ItemsOf(const Order& order) const {
  Items items;
  for (const Row row : order.packages) {
    for (const Item& part : packages_[row].items) {
      const auto same = std::find_if(items.begin(), items.end(), [&part](const Item& item) {
        return item.item_id == part.item_id && item.model_id == part.model_id;
      });
      if (same == items.end()) {
        items.push_back(part);
      } else {
        same->quantity += part.quantity;
      }
    }
  }
  return items;
}

void World::ReplacePackages(Row row, std::vector<Items> parts, int64_t at) {
  Order& order = orders_[row];
  const auto replaced = std::exchange(order.packages, {});
  for (const Row old : replaced) {
    packages_[old].replaced = true;
    package_by_number_.erase(packages_[old].number);
    UpdateUnbound(old);
  }
  const Package& first = packages_[replaced.front()];
  for (Items& items : parts) {
    Package package;
    package.number = NewPackageNumber();
    package.warehouse = first.warehouse;
    package.logistics_status = first.logistics_status;
    package.items = std::move(items);
    AddPackage(row, std::move(package));
  }
  SetOrderStatus(row, order.status, at);
}

std::string World::NewPackageNumber() const {
  uint64_t serial = packages_.size();
  std::string number;
  do {
    number = absl::StrFormat("OFG3%014d", serial++);
  } while (package_by_number_.contains(number));
  return number;
}

Row World::RowOfOrder(std::string_view sn) const {
  const auto it = order_by_sn_.find(sn);
  return it == order_by_sn_.end() ? kNoRow : it->second;
}

}  // namespace emulator
