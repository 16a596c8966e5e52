// get_metric_source_detail and get_late_orders: lists that look back at the orders of the shop.
#include "emulator/api/metrics.h"
#include "emulator/api/numbered_page.h"
#include "emulator/api/operations.h"
#include "emulator/api/order_parts.h"
#include "emulator/api/parcel_history.h"
#include "emulator/world/deadlines.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr int kMaxRowsPerPage = 100;

// Shopee's sample of an error, whose code is in no table.
Reply UnknownMetric() {
  Reply reply = Failure("SERVER_ERROR", "invalid metrics id");
  reply.response = json::value(nullptr);
  return reply;
}

json::array PageOf(NumberedPage& page, json::array rows) {
  json::array taken;
  for (json::value& row : rows) {
    if (page.Takes()) taken.push_back(std::move(row));
  }
  return taken;
}

}  // namespace

Reply GetMetricSourceDetail(Call& call) {
  Problem problem;
  const std::string metric_id = QueryFields(call.request, problem).Required("metric_id");
  NumberedPage page(call.request, kMaxRowsPerPage, NumberedPage::Presence::kOptional, problem);
  if (problem) return problem.AsReply();
  const MetricSource* source = FindMetricSource(ParseInteger(metric_id).value_or(0));
  if (source == nullptr) return UnknownMetric();
  json::array rows;
  if (source->add != nullptr) {
    source->add(call.world, OrdersOf(call.world, call.shop, Period::kCurrent), rows);
  }
  const std::size_t total = rows.size();
  return Success({{"metrics_id", source->metric_id},
                  {source->list, PageOf(page, std::move(rows))},
                  {"total_count", total}});
}

Reply GetLateOrders(Call& call) {
  Problem problem;
  NumberedPage page(call.request, kMaxRowsPerPage, NumberedPage::Presence::kOptional, problem);
  if (problem) return problem.AsReply();
  json::array rows;
  Row last = kNoRow;
  for (const ListKey& key : call.shop.to_ship) {
    const Row row = call.world.package(key.second).order;
    const Order& order = call.world.order(row);
    if (ShipByDate(order) >= call.world.Now()) break;  // the list begins with the oldest order
    if (row == last) continue;                         // another package of the same order
    last = row;
    rows.push_back({{"order_sn", order.sn},
                    {"shipping_deadline", ShipByDate(order)},
                    {"late_by_days", WholeDays(call.world.Now() - ShipByDate(order))}});
  }
  const std::size_t total = rows.size();
  return Success({{"late_order_list", PageOf(page, std::move(rows))}, {"total_count", total}});
}

}  // namespace emulator::api
