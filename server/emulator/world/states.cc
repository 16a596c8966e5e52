#include "emulator/world/states.h"

#include <array>
#include <cstddef>

namespace emulator {
namespace {

constexpr std::array<std::string_view, 2> kRegions = {"CN", "KR"};
constexpr std::array<std::string_view, 5> kMethods = {"", "pickup", "dropoff", "self_deliver",
                                                      "courier_delivery"};
constexpr std::array<std::string_view, 8> kFirstMileStatuses = {
    "NOT_AVAILABLE", "INIT",      "ORDER_CREATED", "ORDER_RECEIVED",
    "PICKED_UP",     "DELIVERED", "CANCELING",     "CANCELED"};
constexpr std::array<std::string_view, kLogisticsStatuses> kStatusesOfPackages = {
    "LOGISTICS_NOT_START",     "LOGISTICS_PENDING_ARRANGE", "LOGISTICS_COD_REJECTED",
    "LOGISTICS_READY",         "LOGISTICS_REQUEST_CREATED", "LOGISTICS_PICKUP_DONE",
    "LOGISTICS_DELIVERY_DONE", "LOGISTICS_INVALID",         "LOGISTICS_REQUEST_CANCELED",
    "LOGISTICS_PICKUP_FAILED", "LOGISTICS_PICKUP_RETRY",    "LOGISTICS_DELIVERY_FAILED",
    "LOGISTICS_LOST"};
constexpr std::array<std::string_view, kOrderStatuses> kStatusesOfOrders = {
    "UNPAID",    "PENDING",   "READY_TO_SHIP", "PROCESSED", "RETRY_SHIP", "SHIPPED", "TO_CONFIRM_RECEIVE",
    "IN_CANCEL", "CANCELLED", "TO_RETURN",     "COMPLETED"};

constexpr std::array<std::string_view, 3> kDocumentStates = {"PROCESSING", "READY", "FAILED"};

template <typename Enum, std::size_t kSize>
std::optional<Enum> Find(const std::array<std::string_view, kSize>& names, std::string_view name) {
  for (std::size_t i = 0; i < kSize; ++i) {
    if (!name.empty() && names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view Name(Region region) {
  return kRegions[static_cast<std::size_t>(region)];
}
std::string_view Name(ShipmentMethod method) {
  return kMethods[static_cast<std::size_t>(method)];
}
std::string_view Name(FirstMileStatus status) {
  return kFirstMileStatuses[static_cast<std::size_t>(status)];
}
std::string_view Name(LogisticsStatus status) {
  return kStatusesOfPackages[static_cast<std::size_t>(status)];
}
std::string_view Name(OrderStatus status) {
  return kStatusesOfOrders[static_cast<std::size_t>(status)];
}

std::string_view Name(DocumentState state) {
  return kDocumentStates[static_cast<std::size_t>(state)];
}

std::optional<Region> ParseRegion(std::string_view name) {
  if (name == "cn") name = "CN";
  if (name == "kr") name = "KR";
  return Find<Region>(kRegions, name);
}

std::optional<ShipmentMethod> ParseShipmentMethod(std::string_view name) {
  return Find<ShipmentMethod>(kMethods, name);
}

std::optional<FirstMileStatus> ParseFirstMileStatus(std::string_view name) {
  return Find<FirstMileStatus>(kFirstMileStatuses, name);
}

std::optional<OrderStatus> ParseOrderStatus(std::string_view name) {
  return Find<OrderStatus>(kStatusesOfOrders, name);
}

std::optional<LogisticsStatus> ParseLogisticsStatus(std::string_view name) {
  return Find<LogisticsStatus>(kStatusesOfPackages, name);
}

}  // namespace emulator
