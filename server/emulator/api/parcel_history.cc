#include "emulator/api/parcel_history.h"

#include <algorithm>

namespace emulator::api {
namespace {

// The later of two times; 0 if one of them is missing.
int64_t Later(int64_t one, int64_t other) {
  return one == 0 || other == 0 ? 0 : std::max(one, other);
}

constexpr int kReturnRefund = 10021;
constexpr int kFirstMilePickupFailed = 1003;
constexpr int kOutOfStock = 10005;
constexpr int kAreaNotServed = 10006;
constexpr int kCodNotPossible = 10007;
constexpr int kRequestCancelled = 10008;
constexpr int kSellerAsked = 10014;

int ReasonOfSeller(std::string_view cancel_reason) {
  if (cancel_reason == "OUT_OF_STOCK") return kOutOfStock;
  if (cancel_reason == "UNDELIVERABLE_AREA") return kAreaNotServed;
  return cancel_reason == "COD_NOT_SUPPORTED" ? kCodNotPossible : kSellerAsked;
}

int ReasonOfSystem(const World& world, const Order& order) {
  for (const Row row : order.packages) {
    const LogisticsStatus status = world.package(row).logistics_status;
    if (status == LogisticsStatus::kPickupFailed) return kFirstMilePickupFailed;
    if (status == LogisticsStatus::kCodRejected) return kCodNotPossible;
  }
  return kRequestCancelled;
}

}  // namespace

ParcelHistory HistoryOfPackage(const World& world, Row row) {
  const Package& package = world.package(row);
  const Milestones milestones = world.lifecycle().MilestonesOf(row);
  return {.package = row,
          .shipped = milestones.shipped,
          .picked_up = milestones.picked_up,
          .delivered =
              package.logistics_status == LogisticsStatus::kDeliveryDone ? int64_t{milestones.latest} : 0,
          .number = package.holder == kNoRow ? nullptr : &world.number(package.holder)};
}

ParcelHistory HistoryOfOrder(const World& world, const Order& order) {
  if (order.packages.empty()) return {};
  ParcelHistory whole = HistoryOfPackage(world, order.packages.front());
  for (const Row row : order.packages) {
    const ParcelHistory parcel = HistoryOfPackage(world, row);
    whole.shipped = Later(whole.shipped, parcel.shipped);
    whole.picked_up = Later(whole.picked_up, parcel.picked_up);
    whole.delivered = Later(whole.delivered, parcel.delivered);
  }
  return whole;
}

std::string_view FirstMileType(const ParcelHistory& parcel) {
  if (parcel.number == nullptr) return "";
  const ShipmentMethod method = parcel.number->method;
  const bool collected = method == ShipmentMethod::kPickup || method == ShipmentMethod::kCourierDelivery;
  return collected ? "Pickup" : "Drop off";
}

std::string_view FirstMileCode(const World& world, const ParcelHistory& parcel) {
  if (parcel.number == nullptr || !world.CodeIsVisible(*parcel.number)) return "";
  return parcel.number->code;
}

int64_t WholeDays(int64_t seconds) {
  return seconds / kSecondsPerDay;
}

std::optional<OrderFailure> FailureOf(const World& world, Row row) {
  const Order& order = world.order(row);
  if (order.status == OrderStatus::kToReturn) return OrderFailure{OrderFailure::kReturned, kReturnRefund};
  const Cancellation* cancellation = world.lifecycle().CancellationOf(row);
  if (order.status != OrderStatus::kCancelled || cancellation == nullptr) return std::nullopt;
  if (cancellation->by == "seller") {
    return OrderFailure{OrderFailure::kCancelledBySeller, ReasonOfSeller(cancellation->reason)};
  }
  if (cancellation->by != "system") return std::nullopt;
  return OrderFailure{OrderFailure::kCancelledBySystem, ReasonOfSystem(world, order)};
}

}  // namespace emulator::api
