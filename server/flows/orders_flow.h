// Writes for all orders of a flow: grouped by shop, shops side by side, each shop's calls one after another.
//
// Belongs to the flow's home loop. Holds one call and one event per shop that is served at the same time, so
// that their number bounds its memory.
#pragma once

#include <vector>

#include "flows/event_writer.h"
#include "flows/order_groups.h"
#include "flows/orders_write.h"

namespace firstmile::flows {

// Writes OrdersFlow's events as messages of one rpc.
class OrdersEvents {
 public:
  virtual ~OrdersEvents() = default;
  virtual async::Task<bool> WriteCall(v1::FlowCall call) = 0;
  virtual async::Task<bool> WriteSummary(v1::FlowCounts counts) = 0;
};

// Response: with a oneof of `call` and `summary`.
template <typename Response>
class OrdersEventsAs final : public OrdersEvents {
 public:
  explicit OrdersEventsAs(EventWriter& writer) : writer_(writer) {}

  async::Task<bool> WriteCall(v1::FlowCall call) override {
    Response response;
    response.mutable_call()->Swap(&call);
    co_return co_await writer_.Write(response);
  }
  async::Task<bool> WriteSummary(v1::FlowCounts counts) override {
    Response response;
    *response.mutable_summary() = counts;
    co_return co_await writer_.Write(response);
  }

 private:
  EventWriter& writer_;
};

class OrdersFlow {
 public:
  // All references outlive the flow. Serves at most `shops_in_parallel` shops at a time, at least one.
  OrdersFlow(const FlowOrders& orders, const OrdersWrite& write, OrdersEvents& events,
             gateway::CallContext context, int shops_in_parallel);

  // Ends after the summary, when the writer or the context says stop, or at the deadline. The report adds up
  // the calls; its status is DEADLINE_EXCEEDED after a call that had no time left, otherwise OK.
  async::Task<gateway::CallReport> Run();

 private:
  async::Task<bool> ServeShops();
  async::Task<bool> ServeShop(const OrdersOfShop& shop);
  async::Task<bool> MakeCall(std::int64_t shop_id, OrderKeys orders);
  OrderKeys KeysFrom(const OrdersOfShop& shop, std::size_t first) const;
  void AddUp(const gateway::CallReport& report);

  const FlowOrders& orders_;
  const OrdersWrite& write_;
  OrdersEvents& events_;
  const gateway::CallContext context_;
  const std::vector<OrdersOfShop> shops_;
  const std::size_t width_;
  std::size_t next_shop_ = 0;
  v1::FlowCounts counts_;
  gateway::CallReport report_;
};

}  // namespace firstmile::flows
