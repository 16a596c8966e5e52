// get_shop_performance. Only the metrics of fulfilment: the emulator has no listings and no chats.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "emulator/api/metrics.h"
#include "emulator/api/operations.h"
#include "emulator/api/order_parts.h"
#include "emulator/api/parcel_history.h"
#include "emulator/world/deadlines.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr int kFulfillment = 1;
constexpr int kPercent = 2;
constexpr int kDays = 4;

// What one order adds to a metric: its value is the sum of `part` by the sum of `whole`.
struct Share {
  double part = 0;
  double whole = 0;
};

Share LateShipment(const World& world, Row row) {
  const Order& order = world.order(row);
  const int64_t shipped = HistoryOfOrder(world, order).shipped;
  return shipped == 0 ? Share{} : Share{shipped > ShipByDate(order) ? 100.0 : 0.0, 1};
}

Share Preparation(const World& world, Row row) {
  const Order& order = world.order(row);
  const int64_t picked_up = HistoryOfOrder(world, order).picked_up;
  if (picked_up == 0) return {};
  return {static_cast<double>(picked_up - PaidAt(order)) / kSecondsPerDay, 1};
}

Share FastHandover(const World& world, Row row) {
  const Order& order = world.order(row);
  const int64_t picked_up = HistoryOfOrder(world, order).picked_up;
  return picked_up == 0 ? Share{} : Share{picked_up <= HandOverFastBy(order) ? 100.0 : 0.0, 1};
}

Share OnTimeDelivery(const World& world, Row row) {
  const Order& order = world.order(row);
  const int64_t delivered = HistoryOfOrder(world, order).delivered;
  return delivered == 0 ? Share{} : Share{delivered <= DeliverBy(order) ? 100.0 : 0.0, 1};
}

Share Failed(bool failed) {
  return {failed ? 100.0 : 0.0, 1};
}

Share NonFulfillment(const World& world, Row row) {
  return Failed(FailureOf(world, row).has_value());
}

Share Cancellations(const World& world, Row row) {
  const std::optional<OrderFailure> failure = FailureOf(world, row);
  return Failed(failure && failure->type != OrderFailure::kReturned);
}

Share Returns(const World& world, Row row) {
  const std::optional<OrderFailure> failure = FailureOf(world, row);
  return Failed(failure && failure->type == OrderFailure::kReturned);
}

struct Metric {
  int64_t id;
  std::string_view name;
  int64_t parent;
  int unit;
  std::string_view comparator;
  double target;
  Share (*share)(const World& world, Row order);
};

// Names and targets are those of the documented sample, but for the last one.
constexpr std::array kMetrics = {
    Metric{3, "non_fulfillment_rate", 0, kPercent, "<", 10, NonFulfillment},
    Metric{42, "cancellation_rate", 3, kPercent, "<", 5, Cancellations},
    Metric{43, "return_refund_rate", 3, kPercent, "<", 5, Returns},
    Metric{1, "late_shipment_rate", 0, kPercent, "<", 10, LateShipment},
    Metric{4, "preparation_time", 0, kDays, "<", 2, Preparation},
    Metric{25, "same_day_handover_rate", 0, kPercent, ">=", 60, FastHandover},
    Metric{2036, "on_time_delivery_rate", 0, kPercent, ">=", 80, OnTimeDelivery},
};

std::optional<double> ValueOf(const Metric& metric, const World& world, std::span<const Row> orders) {
  Share sum;
  for (const Row row : orders) {
    const Share share = metric.share(world, row);
    sum.part += share.part;
    sum.whole += share.whole;
  }
  if (sum.whole == 0) return std::nullopt;
  return std::round(sum.part / sum.whole * 100) / 100;
}

bool IsMissed(const Metric& metric, std::optional<double> value) {
  return value && (metric.comparator == "<" ? *value >= metric.target : *value < metric.target);
}

json::value OrNull(std::optional<double> value) {
  return value ? json::value(*value) : json::value(nullptr);
}

// 4 is excellent and 1 is poor: one less for each metric that misses its target.
int Rating(int missed) {
  return std::max(4 - missed, 1);
}

}  // namespace

Reply GetShopPerformance(Call& call) {
  const std::vector<Row> orders = OrdersOf(call.world, call.shop, Period::kCurrent);
  const std::vector<Row> earlier = OrdersOf(call.world, call.shop, Period::kLast);
  json::array list;
  int missed = 0;
  for (const Metric& metric : kMetrics) {
    const std::optional<double> value = ValueOf(metric, call.world, orders);
    missed += IsMissed(metric, value) ? 1 : 0;
    list.push_back({{"metric_type", kFulfillment},
                    {"metric_id", metric.id},
                    {"parent_metric_id", metric.parent},
                    {"metric_name", metric.name},
                    {"current_period", OrNull(value)},
                    {"last_period", OrNull(ValueOf(metric, call.world, earlier))},
                    {"unit", metric.unit},
                    {"target", {{"value", metric.target}, {"comparator", metric.comparator}}},
                    {"exemption_end_date", ""}});
  }
  return Success({{"overall_performance",
                   {{"rating", Rating(missed)},
                    {"fulfillment_failed", missed},
                    {"listing_failed", 0},
                    {"custom_service_failed", 0}}},
                  {"metric_list", std::move(list)}});
}

}  // namespace emulator::api
