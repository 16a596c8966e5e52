#include "flows/orders_flow.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "async/eager_task.h"
#include "errors/status.h"

namespace firstmile::flows {

OrdersFlow::OrdersFlow(const FlowOrders& orders, const OrdersWrite& write, OrdersEvents& events,
                       gateway::CallContext context, int shops_in_parallel)
    : orders_(orders),
      write_(write),
      events_(events),
      context_(std::move(context)),
      shops_(GroupByShop(orders)),
      width_(std::min(shops_.size(), static_cast<std::size_t>(shops_in_parallel))) {
  counts_.set_orders(orders.size());
}

async::Task<gateway::CallReport> OrdersFlow::Run() {
  std::deque<async::EagerTask<bool>> running;
  for (std::size_t i = 0; i < width_; ++i) running.emplace_back(ServeShops());
  bool go_on = true;
  for (async::EagerTask<bool>& shops : running) {
    const bool finished = co_await shops;
    go_on = go_on && finished;
  }
  if (go_on) co_await events_.WriteSummary(counts_);
  co_return std::move(report_);
}

// Returns false when the flow is to stop.
async::Task<bool> OrdersFlow::ServeShops() {
  bool go_on = true;
  while (go_on && next_shop_ < shops_.size()) go_on = co_await ServeShop(shops_[next_shop_++]);
  co_return go_on;
}

async::Task<bool> OrdersFlow::ServeShop(const OrdersOfShop& shop) {
  for (std::size_t first = 0; first < shop.orders.size(); first += kOrdersPerCallMax) {
    if (context_.stop.stop_requested()) co_return false;
    const bool go_on = co_await MakeCall(shop.shop_id, KeysFrom(shop, first));
    if (!go_on) co_return false;
  }
  co_return true;
}

async::Task<bool> OrdersFlow::MakeCall(std::int64_t shop_id, OrderKeys orders) {
  v1::FlowCall call;
  call.set_shop_id(shop_id);
  const gateway::CallReport report = co_await write_.Call(shop_id, orders, context_, &call);
  if (report.status.code() != 0) {
    call.Clear();
    call.set_shop_id(shop_id);
    FailAll(orders, report, &call);
  }
  AddUp(report);
  Count(call, report, &counts_);
  *call.mutable_so_far() = counts_;
  const bool late = report.status.code() == static_cast<int>(errors::Code::kDeadlineExceeded);
  if (late) report_.status = report.status;
  const bool written = co_await events_.WriteCall(std::move(call));
  co_return written && !late;
}

OrderKeys OrdersFlow::KeysFrom(const OrdersOfShop& shop, std::size_t first) const {
  OrderKeys keys;
  const std::size_t end = std::min(shop.orders.size(), first + kOrdersPerCallMax);
  for (std::size_t i = first; i < end; ++i) *keys.Add() = KeyOf(orders_[shop.orders[i]]);
  return keys;
}

// For the log line and the trailers.
void OrdersFlow::AddUp(const gateway::CallReport& report) {
  report_.attempts += report.attempts;
  report_.waited += report.waited;
  report_.decode.unknown_fields += report.decode.unknown_fields;
  report_.decode.unknown_enum_values += report.decode.unknown_enum_values;
  report_.http_status = report.http_status;
  report_.vendor_code = report.vendor_code;
  report_.request_id = report.request_id;
}

}  // namespace firstmile::flows
