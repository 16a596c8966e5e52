// What the details of orders and of packages have in common.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "emulator/world/world.h"

namespace emulator::api {

inline constexpr int kDaysToShip = 3;

int64_t ShipByDate(const Order& order);  // Unix seconds

boost::json::object DescribeBuyer();  // masked

// The members that an item has in the details of its order and of its package.
boost::json::object DescribePackedItem(const Item& item);

// Whether the seller may cancel the order, and why Shopee holds it back.
bool MayBeCancelled(const Order& order);
void AddPendingTerms(const Order& order, boost::json::object& entry);

}  // namespace emulator::api
