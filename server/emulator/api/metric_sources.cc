#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "emulator/api/metrics.h"
#include "emulator/api/order_parts.h"
#include "emulator/api/parcel_history.h"
#include "emulator/api/ship_options.h"
#include "emulator/world/deadlines.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr int64_t kPeriodSeconds = 60 * kSecondsPerDay;
constexpr int64_t kFirstParcelId = 7'000'000'000;
constexpr char kPickupTarget[] = "49.90%";  // of the documented sample

template <auto add>
void ForEachOrder(const World& world, std::span<const Row> orders, json::array& rows) {
  for (const Row row : orders) add(world, row, rows);
}

template <auto add>
void ForEachParcel(const World& world, std::span<const Row> orders, json::array& rows) {
  for (const Row row : orders) {
    const Order& order = world.order(row);
    for (const Row package : order.packages) add(world, order, HistoryOfPackage(world, package), rows);
  }
}

void AddLateShipment(const World& world, Row row, json::array& rows) {
  const Order& order = world.order(row);
  const ParcelHistory parcel = HistoryOfOrder(world, order);
  if (parcel.shipped <= ShipByDate(order)) return;
  rows.push_back({{"order_sn", order.sn},
                  {"shipping_deadline", ShipByDate(order)},
                  {"actual_shipping_time", parcel.shipped},
                  {"late_by_days", WholeDays(parcel.shipped - ShipByDate(order))},
                  {"actual_pick_up_time", parcel.picked_up},
                  {"shipping_channel", kLogisticsChannelName},
                  {"first_mile_type", FirstMileType(parcel)},
                  {"diagnosis_scenario", json::array{"The shipment was arranged after the deadline."}}});
}

void AddHandover(const World& world, const Order& order, const ParcelHistory& parcel, json::array& rows) {
  if (parcel.number == nullptr) return;
  json::array causes;
  if (parcel.picked_up > HandOverFastBy(order)) causes.emplace_back("The parcel was handed over late.");
  rows.push_back({{"order_sn", order.sn},
                  {"parcel_id", kFirstParcelId + parcel.package},
                  {"parcel_display_id", world.package(parcel.package).number},
                  {"confirm_time", PaidAt(order)},
                  {"handover_deadline", HandOverBy(order)},
                  {"fast_handover_due_date", HandOverFastBy(order)},
                  {"arrange_pick_up_time", parcel.shipped},
                  {"handover_time", parcel.picked_up},
                  {"shipping_channel", kLogisticsChannelName},
                  {"first_mile_type", FirstMileType(parcel)},
                  {"first_mile_tracking_no", FirstMileCode(world, parcel)},
                  {"diagnosis_scenario", std::move(causes)}});
}

void AddPreparation(const World& world, const Order& order, const ParcelHistory& parcel, json::array& rows) {
  if (parcel.picked_up == 0) return;
  const auto seconds = static_cast<double>(parcel.picked_up - PaidAt(order));
  rows.push_back({{"order_sn", order.sn},
                  {"order_create_time", PaidAt(order)},
                  {"arrange_pick_up_time", parcel.shipped},
                  {"actual_pick_up_time", parcel.picked_up},
                  {"preparation_days", std::round(seconds / kSecondsPerDay * 100) / 100},
                  {"shipping_channel", kLogisticsChannelName},
                  {"first_mile_type", FirstMileType(parcel)},
                  {"first_mile_tracking_no", FirstMileCode(world, parcel)}});
}

void AddOfSaturday(const World& world, const Order& order, const ParcelHistory& parcel, json::array& rows) {
  if (IsSaturday(DayOf(parcel.picked_up))) AddPreparation(world, order, parcel, rows);
}

void AddDelivery(const World& world, Row row, json::array& rows) {
  const Order& order = world.order(row);
  const ParcelHistory parcel = HistoryOfOrder(world, order);
  if (parcel.delivered == 0) return;
  rows.push_back(
      {{"order_id", absl::StrCat(row)},
       {"order_sn", order.sn},
       {"paid_time", PaidAt(order)},
       {"estimated_delivery_date", DeliverBy(order)},
       {"actual_pick_up_time", parcel.picked_up},
       {"real_delivery_time", parcel.delivered},
       {"difference_between_edd_rdt", absl::StrCat(WholeDays(parcel.delivered - DeliverBy(order)))}});
}

void AddNotFulfilled(const World& world, Row row, json::array& rows) {
  const std::optional<OrderFailure> failure = FailureOf(world, row);
  if (!failure) return;
  rows.push_back({{"order_sn", world.order(row).sn},
                  {"non_fulfillment_type", static_cast<int>(failure->type)},
                  {"detailed_reason", failure->reason}});
}

void AddCancellation(const World& world, Row row, json::array& rows) {
  const std::optional<OrderFailure> failure = FailureOf(world, row);
  if (!failure || failure->type == OrderFailure::kReturned) return;
  rows.push_back({{"order_sn", world.order(row).sn},
                  {"cancellation_type", static_cast<int>(failure->type)},
                  {"detailed_reason", failure->reason}});
}

void AddReturn(const World& world, Row row, json::array& rows) {
  const std::optional<OrderFailure> failure = FailureOf(world, row);
  if (!failure || failure->type != OrderFailure::kReturned) return;
  rows.push_back({{"order_sn", world.order(row).sn}, {"detailed_reason", failure->reason}});
}

// The day of the last try to collect a parcel; nullopt if there was none since the start of the emulator.
std::optional<Day> PickupDayOf(const World& world, Row package) {
  const LogisticsStatus status = world.package(package).logistics_status;
  if (status == LogisticsStatus::kPickupRetry || status == LogisticsStatus::kPickupFailed) {
    const int64_t failed_at = world.lifecycle().MilestonesOf(package).latest;
    return failed_at == 0 ? std::nullopt : std::optional<Day>(DayOf(failed_at));
  }
  const ParcelHistory parcel = HistoryOfPackage(world, package);
  const bool planned = FirstMileType(parcel) == "Pickup" && parcel.number->scan_at != 0;
  if (!planned || parcel.number->scan_at > world.Now()) return std::nullopt;
  return DayOf(parcel.number->scan_at);
}

struct Pickups {
  int planned = 0;
  int failed = 0;
};

// A pickup is one parcel that a courier was to collect.
void AddPickupDays(const World& world, std::span<const Row> orders, json::array& rows) {
  std::map<Day, Pickups> days;
  for (const Row row : orders) {
    for (const Row package : world.order(row).packages) {
      const std::optional<Day> day = PickupDayOf(world, package);
      if (!day) continue;
      Pickups& pickups = days[*day];
      ++pickups.planned;
      if (!world.package(package).picked_up) ++pickups.failed;
    }
  }
  for (const auto& [day, pickups] : days) {
    const std::string date = FormatDay(day);  // YYYY-MM-DD
    rows.push_back({{"date", absl::StrCat(date.substr(8, 2), "/", date.substr(5, 2), "/", date.substr(0, 4))},
                    {"scheduled_pickup_num", pickups.planned},
                    {"failed_pickup_num", pickups.failed},
                    {"opfr", std::lround(100.0 * pickups.failed / pickups.planned)},
                    {"target", kPickupTarget}});
  }
}

// Every parcel travels with Shopee's own logistics service (SLS), none with next-day delivery (NDD).
constexpr std::array kSources = {
    MetricSource{1, "lsr_order_list", ForEachOrder<AddLateShipment>},
    MetricSource{3, "nfr_order_list", ForEachOrder<AddNotFulfilled>},
    MetricSource{4, "apt_order_list", ForEachParcel<AddPreparation>},
    MetricSource{12, "pre_order_listing_list", nullptr},
    MetricSource{15, "pre_order_listing_violation_data_list", nullptr},
    MetricSource{25, "fhr_order_list", ForEachParcel<AddHandover>},
    MetricSource{28, "opfr_day_detail_data_list", AddPickupDays},
    MetricSource{42, "cancellation_order_list", ForEachOrder<AddCancellation>},
    MetricSource{43, "return_refund_order_list", ForEachOrder<AddReturn>},
    MetricSource{52, "violation_listing_list", nullptr},
    MetricSource{53, "violation_listing_list", nullptr},
    MetricSource{85, "lsr_order_list", nullptr},
    MetricSource{88, "nfr_order_list", nullptr},
    MetricSource{91, "cancellation_order_list", nullptr},
    MetricSource{92, "return_refund_order_list", nullptr},
    MetricSource{96, "sdd_listing_list", nullptr},
    MetricSource{97, "ndd_listing_list", nullptr},
    MetricSource{2001, "fhr_order_list", ForEachParcel<AddHandover>},
    MetricSource{2002, "fhr_order_list", nullptr},
    MetricSource{2003, "fhr_order_list", nullptr},
    MetricSource{2030, "hd_listing_list", nullptr},
    MetricSource{2031, "hd_listing_list", nullptr},
    MetricSource{2032, "saturday_shipment_list", ForEachParcel<AddOfSaturday>},
    MetricSource{2033, "apt_order_list", nullptr},
    MetricSource{2036, "otdr_order_list", ForEachOrder<AddDelivery>},
    MetricSource{2037, "otdr_order_list", nullptr},
};

}  // namespace

std::vector<Row> OrdersOf(const World& world, const Shop& shop, Period period) {
  const int64_t end = world.Now() + 1 - (period == Period::kCurrent ? 0 : kPeriodSeconds);
  const ListKey last = {static_cast<uint32_t>(end), 0};
  const ListIndex& orders = shop.orders_by_creation.all;
  std::vector<Row> rows;
  for (auto it = orders.lower_bound({static_cast<uint32_t>(end - kPeriodSeconds), 0});
       it != orders.end() && *it < last; ++it) {
    rows.push_back(it->second);
  }
  return rows;
}

const MetricSource* FindMetricSource(int64_t metric_id) {
  const auto it = std::find_if(kSources.begin(), kSources.end(),
                               [&](const MetricSource& source) { return source.metric_id == metric_id; });
  return it == kSources.end() ? nullptr : &*it;
}

}  // namespace emulator::api
