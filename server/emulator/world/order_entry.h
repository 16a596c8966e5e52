// Orders, and events of orders, as a seed file and the control API describe them.
#pragma once

#include <string>
#include <vector>

#include "emulator/world/json_entry.h"
#include "emulator/world/world.h"

namespace emulator::world {

struct TimedEvent {
  OrderEvent event = OrderEvent::kPay;
  std::string package_number;  // "": every package to which it can happen
  std::string reason;
  int64_t after_seconds = 0;
};

struct NewOrder {
  std::string sn;
  OrderStatus status = OrderStatus::kReadyToShip;
  int64_t create_time = 0;
  std::vector<Package> packages;
  std::vector<TimedEvent> events;
};

// The members of both are for the caller to restrict. They throw WrongEntry.
TimedEvent ReadEvent(const JsonEntry& entry);
NewOrder ReadOrder(const JsonEntry& entry, const Shop& shop, const World& world);

// Adds what ReadOrder() has read, and plans its events.
Row AddOrder(NewOrder order, const Shop& shop, World& world);

}  // namespace emulator::world
