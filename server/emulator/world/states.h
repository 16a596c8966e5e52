// Shopee's enumerations and their wire names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace emulator {

enum class Region : uint8_t { kCn, kKr };
enum class ShipmentMethod : uint8_t { kNone, kPickup, kDropoff, kSelfDeliver, kCourierDelivery };

enum class FirstMileStatus : uint8_t {
  kNotAvailable,
  kInit,  // only the official list sample shows it
  kOrderCreated,
  kOrderReceived,
  kPickedUp,
  kDelivered,
  kCanceling,
  kCanceled,
};

enum class OrderStatus : uint8_t {
  kUnpaid,
  kPending,
  kReadyToShip,
  kProcessed,
  kRetryShip,
  kShipped,
  kToConfirmReceive,
  kInCancel,
  kCancelled,
  kToReturn,
  kCompleted,
};
inline constexpr int kOrderStatuses = 11;

enum class LogisticsStatus : uint8_t {
  kNotStart,
  kPendingArrange,
  kCodRejected,
  kReady,
  kRequestCreated,
  kPickupDone,
  kDeliveryDone,
  kInvalid,
  kRequestCanceled,
  kPickupFailed,
  kPickupRetry,
  kDeliveryFailed,
  kLost,
};
inline constexpr int kLogisticsStatuses = 13;

// Of an air waybill.
enum class DocumentState : uint8_t { kProcessing, kReady, kFailed };

std::string_view Name(DocumentState state);
std::string_view Name(Region region);  // "CN"
std::string_view Name(ShipmentMethod method);
std::string_view Name(FirstMileStatus status);
std::string_view Name(LogisticsStatus status);
std::string_view Name(OrderStatus status);

std::optional<Region> ParseRegion(std::string_view name);  // either case
std::optional<ShipmentMethod> ParseShipmentMethod(std::string_view name);
std::optional<FirstMileStatus> ParseFirstMileStatus(std::string_view name);
std::optional<OrderStatus> ParseOrderStatus(std::string_view name);
std::optional<LogisticsStatus> ParseLogisticsStatus(std::string_view name);

}  // namespace emulator
