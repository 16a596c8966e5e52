// Orders of a World: their indices and changes of state.
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

Row World::RowOfOrder(std::string_view sn) const {
  const auto it = order_by_sn_.find(sn);
  return it == order_by_sn_.end() ? kNoRow : it->second;
}

}  // namespace emulator
