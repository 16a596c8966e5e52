#include "emulator/world/order_split.h"

#include <algorithm>

namespace emulator::world {
namespace {

bool AllReady(const World& world, const Order& order) {
  return order.status == OrderStatus::kReadyToShip &&
         std::all_of(order.packages.begin(), order.packages.end(), [&world](Row row) {
           return world.package(row).logistics_status == LogisticsStatus::kReady;
         });
}

}  // namespace

bool MayBeSplit(const World& world, Row row) {
  const Order& order = world.order(row);
  return order.packages.size() == 1 && AllReady(world, order);
}

bool MayBeUnsplit(const World& world, Row row) {
  const Order& order = world.order(row);
  return order.packages.size() > 1 && AllReady(world, order);
}

bool SplitByItem(World& world, Row order, int64_t at) {
  if (!MayBeSplit(world, order)) return false;
  const Items items = world.ItemsOf(world.order(order));
  if (items.size() < kFewestParts) return false;
  std::vector<Items> parts(std::min(items.size(), kMostParts));
  for (std::size_t i = 0; i < items.size(); ++i) parts[i % parts.size()].push_back(items[i]);
  world.ReplacePackages(order, std::move(parts), at);
  return true;
}

bool Unsplit(World& world, Row order, int64_t at) {
  if (!MayBeUnsplit(world, order)) return false;
  world.ReplacePackages(order, {world.ItemsOf(world.order(order))}, at);
  return true;
}

}  // namespace emulator::world
