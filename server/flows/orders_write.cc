#include "flows/orders_write.h"

#include <utility>

namespace firstmile::flows {
namespace {

template <typename Response, typename Request>
async::Task<gateway::CallReport> CallFor(ShopCaller& shops, Request request, gateway::CallContext context,
                                         v1::FlowCall* event) {
  Response response;
  gateway::CallReport report = co_await shops.Call(request, &response, std::move(context));
  event->mutable_header()->Swap(response.mutable_header());
  event->mutable_outcomes()->Swap(response.mutable_outcomes());
  co_return report;
}

}  // namespace

v1::BindFirstMileTrackingNumberRequest BindWrite::RequestFor(std::int64_t shop_id, OrderKeys orders) const {
  v1::BindFirstMileTrackingNumberRequest request;
  request.set_shop_id(shop_id);
  request.set_first_mile_tracking_number(flow_.first_mile_tracking_number());
  request.set_shipment_method(flow_.shipment_method());
  request.set_region(flow_.region());
  request.set_logistics_channel_id(flow_.logistics_channel_id());
  if (flow_.has_volume()) request.set_volume(flow_.volume());
  if (flow_.has_weight()) request.set_weight(flow_.weight());
  if (flow_.has_width()) request.set_width(flow_.width());
  if (flow_.has_length()) request.set_length(flow_.length());
  if (flow_.has_height()) request.set_height(flow_.height());
  request.set_warehouse_id(flow_.warehouse_id());
  request.set_warehouse_type(flow_.warehouse_type());
  request.mutable_order_list()->Swap(&orders);
  return request;
}

async::Task<gateway::CallReport> BindWrite::Call(std::int64_t shop_id, OrderKeys orders,
                                                 gateway::CallContext context, v1::FlowCall* event) const {
  return CallFor<v1::BindFirstMileTrackingNumberResponse>(shops_, RequestFor(shop_id, std::move(orders)),
                                                          std::move(context), event);
}

async::Task<gateway::CallReport> UnbindWrite::Call(std::int64_t shop_id, OrderKeys orders,
                                                   gateway::CallContext context, v1::FlowCall* event) const {
  v1::UnbindFirstMileTrackingNumberRequest request;
  request.set_shop_id(shop_id);
  request.set_first_mile_tracking_number(flow_.first_mile_tracking_number());
  request.mutable_order_list()->Swap(&orders);
  return CallFor<v1::UnbindFirstMileTrackingNumberResponse>(shops_, std::move(request), std::move(context),
                                                            event);
}

}  // namespace firstmile::flows
