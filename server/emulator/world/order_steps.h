// What an event does to the packages and the status of an order. Pure functions.
#pragma once

#include <optional>
#include <vector>

#include "emulator/world/world.h"

namespace emulator::world {

struct PackageStep {
  Row package;
  LogisticsStatus status;
};

// The packages that the event moves; nullopt if it cannot happen.
std::optional<std::vector<PackageStep>> StepsOf(const World& world, const OrderChange& change);

// The status of the order after the packages have moved.
OrderStatus OrderStatusAfter(const World& world, const OrderChange& change);

}  // namespace emulator::world
