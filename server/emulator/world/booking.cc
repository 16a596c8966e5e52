#include "emulator/world/booking.h"

#include <algorithm>
#include <array>

namespace emulator {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"READY_TO_SHIP", "PROCESSED", "SHIPPED", "CANCELLED",
                                                    "MATCHED"};

}  // namespace

std::string_view Name(BookingStatus status) {
  return kNames[static_cast<std::size_t>(status)];
}

std::optional<BookingStatus> ParseBookingStatus(std::string_view name) {
  const auto* const it = std::find(kNames.begin(), kNames.end(), name);
  if (it == kNames.end()) return std::nullopt;
  return static_cast<BookingStatus>(it - kNames.begin());
}

LogisticsStatus LogisticsStatusOf(BookingStatus status) {
  switch (status) {
    case BookingStatus::kReadyToShip:
      return LogisticsStatus::kReady;
    case BookingStatus::kProcessed:
      return LogisticsStatus::kRequestCreated;
    case BookingStatus::kCancelled:
      return LogisticsStatus::kInvalid;
    default:
      return LogisticsStatus::kPickupDone;
  }
}

}  // namespace emulator
