// Adds orders, numbers and bindings of one shop to a world, with predictable names and spread-out times.
#pragma once

#include <cstdint>
#include <string>

#include "emulator/world/world.h"

namespace emulator::world {

class Builder {
 public:
  // `shop_index` is part of every generated name; below 1296.
  Builder(World& world, Shop& shop, int shop_index);

  World& world() { return world_; }
  int shop_index() const { return shop_index_; }
  int64_t recent() const { return recent_; }  // 30 days before today
  void SetSpread(int orders) { spread_ = orders < 1 ? 1 : orders; }

  // "241101", the kind, two base-36 digits of the shop index and five of `i`.
  std::string BulkSn(char kind, int i) const;

  Row AddOrder(std::string sn, int64_t create_time, OrderStatus status);
  Row AddPackage(Row order, Package package);  // the warehouse defaults to the region's own
  Row AddUnbound(std::string sn, int i);       // the i-th oldest of the spread
  Row AddNumber(std::string code, Day day, ShipmentMethod method, FirstMileStatus status);
  // With `orders` new orders bound to it.
  Row AddNumberWithOrders(std::string code, Day day, ShipmentMethod method, FirstMileStatus status,
                          int orders);
  FirstMileNumber& AddBinding(std::string binding_id, std::string code, Day day, int orders);

 private:
  void BindNewOrders(Row number, char kind, int orders);

  World& world_;
  Shop& shop_;
  const int shop_index_;
  const int64_t recent_;
  int spread_ = 1000;
  int packages_ = 0;
  int bound_orders_ = 0;
};

}  // namespace emulator::world
