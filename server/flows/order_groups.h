// Groups the orders of a flow by shop.
//
// A pure function; safe from any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "firstmile/v1/common.pb.h"
#include "firstmile/v1/flow_orders.pb.h"

namespace firstmile::flows {

using FlowOrders = google::protobuf::RepeatedPtrField<v1::FlowOrder>;

// The orders of one shop, as indexes into the request's list, in its order.
struct OrdersOfShop {
  std::int64_t shop_id = 0;
  std::vector<int> orders;
};

// In the order in which the request first names each shop.
std::vector<OrdersOfShop> GroupByShop(const FlowOrders& orders);

v1::OrderKey KeyOf(const v1::FlowOrder& order);

}  // namespace firstmile::flows
