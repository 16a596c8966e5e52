#include "emulator/api/bind_rules.h"

#include <absl/strings/str_cat.h>

namespace emulator::api {
namespace {

constexpr std::string_view kWrongStatus = "The FM status is incorrect.";

void CheckState(const World& world, Row holder, Outcome& outcome) {
  const Package& package = world.package(outcome.package);
  const Order& order = world.order(package.order);
  if (package.holder != kNoRow) {
    if (package.holder != holder)
      return outcome.Fail("firstmile.error", "The SLS TN is tied to another FM code");
    return outcome.Fail("firstmile.package_has_bind",
                        absl::StrCat("Package (order_sn: ", order.sn, ", package_number: ", package.number,
                                     ") has been bind to first mile code."));
  }
  if (order.status != OrderStatus::kProcessed) {
    return outcome.Fail("firstmile.invalid_order_status",
                        absl::StrCat("The status of order(order_sn: ", order.sn,
                                     ") is invalid. Please check the order status."));
  }
  if (package.logistics_status != LogisticsStatus::kRequestCreated) {
    return outcome.Fail("firstmile.business_error", "the logistic status is not supported");
  }
  if (package.tracking_number.empty()) outcome.Fail("firstmile.error", "The SLS TN does not exist");
}

void CheckWarehouse(const World& world, const Warehouse*& warehouse, Outcome& outcome) {
  const Warehouse* own = world.package(outcome.package).warehouse;
  if (warehouse == nullptr) warehouse = own;
  if (own != warehouse) {
    outcome.Fail("firstmile.error", "FM Code WHSID can only bind SLS TN with the same WHSID");
  }
}

}  // namespace

void CheckBindable(const World& world, const FirstMileNumber* number, const Warehouse*& warehouse,
                   std::vector<Outcome>& outcomes) {
  const Row holder = number == nullptr ? kNoRow - 1 : world.RowOf(*number);
  const auto limit = static_cast<std::size_t>(world.rules().orders_per_number);
  std::size_t bound = number == nullptr ? 0 : number->packages.size();
  for (Outcome& outcome : outcomes) {
    if (outcome.ok()) CheckState(world, holder, outcome);
    if (outcome.ok()) CheckWarehouse(world, warehouse, outcome);
    if (outcome.ok() && bound >= limit) {
      outcome.Fail("error_param",
                   absl::StrCat("Wrong parameters, detail: a first mile tracking number takes ", limit,
                                " orders or less."));
    }
    if (outcome.ok()) ++bound;
  }
}

void BindAll(World& world, Row number, const std::vector<Outcome>& outcomes) {
  for (const Outcome& outcome : outcomes) {
    if (outcome.ok()) world.Bind(outcome.package, number);
  }
}

std::string_view BindRefusal(const FirstMileNumber& number) {
  const bool free_method =
      number.method == ShipmentMethod::kDropoff || number.method == ShipmentMethod::kSelfDeliver;
  if (free_method) return "";
  switch (number.status) {
    case FirstMileStatus::kNotAvailable:
    case FirstMileStatus::kInit:
    case FirstMileStatus::kOrderReceived:
      return "";
    case FirstMileStatus::kOrderCreated:
      return number.method == ShipmentMethod::kCourierDelivery ? "" : kWrongStatus;
    case FirstMileStatus::kDelivered:
      return "You used a Delivered FM code, please use a new FM code.";
    default:
      return kWrongStatus;
  }
}

std::string_view UnbindRefusal(const FirstMileNumber& number) {
  switch (number.method) {
    case ShipmentMethod::kPickup:
      return number.status == FirstMileStatus::kOrderReceived ? "" : kWrongStatus;
    case ShipmentMethod::kCourierDelivery:
      return number.status == FirstMileStatus::kOrderCreated ||
                     number.status == FirstMileStatus::kOrderReceived
                 ? ""
                 : kWrongStatus;
    default:
      return "";
  }
}

}  // namespace emulator::api
