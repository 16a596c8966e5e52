#include "emulator/world/order_steps.h"

#include "emulator/world/order_split.h"

namespace emulator::world {
namespace {

bool ItemsAllow(const World& world, const OrderChange& change) {
  if (change.event == OrderEvent::kSplit) {
    return MayBeSplit(world, change.order) && world.ItemsOf(world.order(change.order)).size() >= kFewestParts;
  }
  if (change.event == OrderEvent::kUnsplit) return MayBeUnsplit(world, change.order);
  return true;
}

}  // namespace

std::optional<std::vector<PackageStep>> StepsOf(const World& world, const OrderChange& change) {
  const Transition& transition = TransitionOf(change.event);
  const Order& order = world.order(change.order);
  const bool of_order = transition.whole || transition.moves.empty();
  if (of_order && change.package != kNoRow) return std::nullopt;
  if (!transition.from.Has(order.status) || !ItemsAllow(world, change)) return std::nullopt;
  std::vector<PackageStep> steps;
  for (const Row row : order.packages) {
    const auto status = StatusAfter(transition, world.package(row).logistics_status);
    if (!status && transition.whole) return std::nullopt;
    if (status && (change.package == kNoRow || change.package == row)) steps.push_back({row, *status});
  }
  if (steps.empty() && !transition.moves.empty()) return std::nullopt;
  return steps;
}

OrderStatus OrderStatusAfter(const World& world, const OrderChange& change) {
  const Transition& transition = TransitionOf(change.event);
  if (transition.to) return *transition.to;
  const Order& order = world.order(change.order);
  std::vector<LogisticsStatus> packages;
  packages.reserve(order.packages.size());
  for (const Row package : order.packages) packages.push_back(world.package(package).logistics_status);
  const OrderStatus status = StatusByPackages(packages);
  const bool ended = status == OrderStatus::kCancelled || status == OrderStatus::kToConfirmReceive;
  const bool asked =
      order.status == OrderStatus::kInCancel && change.event != OrderEvent::kRejectCancellation;
  return asked && !ended ? OrderStatus::kInCancel : status;
}

}  // namespace emulator::world
