// The writes of BindOrders and UnbindOrders: one call for several orders of one shop.
//
// For the flow's home loop.
#pragma once

#include <cstdint>

#include "firstmile/v1/first_mile_orders.pb.h"
#include "firstmile/v1/flow_orders.pb.h"
#include "flows/order_outcomes.h"
#include "flows/shop_caller.h"

namespace firstmile::flows {

// Most orders of one call, for Shopee.
inline constexpr int kOrdersPerCallMax = 50;

class OrdersWrite {
 public:
  virtual ~OrdersWrite() = default;

  // Makes the call; fills the event's header and outcomes when Shopee answers with them.
  virtual async::Task<gateway::CallReport> Call(std::int64_t shop_id, OrderKeys orders,
                                                gateway::CallContext context, v1::FlowCall* event) const = 0;
};

// The references outlive it.
class BindWrite final : public OrdersWrite {
 public:
  BindWrite(const v1::BindOrdersRequest& flow, ShopCaller& shops) : flow_(flow), shops_(shops) {}

  async::Task<gateway::CallReport> Call(std::int64_t shop_id, OrderKeys orders, gateway::CallContext context,
                                        v1::FlowCall* event) const override;

 private:
  v1::BindFirstMileTrackingNumberRequest RequestFor(std::int64_t shop_id, OrderKeys orders) const;

  const v1::BindOrdersRequest& flow_;
  ShopCaller& shops_;
};

// The references outlive it.
class UnbindWrite final : public OrdersWrite {
 public:
  UnbindWrite(const v1::UnbindOrdersRequest& flow, ShopCaller& shops) : flow_(flow), shops_(shops) {}

  async::Task<gateway::CallReport> Call(std::int64_t shop_id, OrderKeys orders, gateway::CallContext context,
                                        v1::FlowCall* event) const override;

 private:
  const v1::UnbindOrdersRequest& flow_;
  ShopCaller& shops_;
};

}  // namespace firstmile::flows
