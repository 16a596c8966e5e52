// A booking: a parcel that the seller sends ahead, before an order exists for it. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/world/entities.h"

namespace emulator {

enum class BookingStatus : uint8_t { kReadyToShip, kProcessed, kShipped, kCancelled, kMatched };

std::string_view Name(BookingStatus status);
std::optional<BookingStatus> ParseBookingStatus(std::string_view name);

struct Booking {
  std::string sn;
  int64_t shop_id = 0;
  BookingStatus status = BookingStatus::kReadyToShip;
  int64_t create_time = 0;           // Unix seconds, like the other times
  std::string tracking_number = {};  // "" until the carrier assigns it
  int64_t update_time = 0;
  int64_t picked_up_at = 0;  // 0: not yet
  Row order = kNoRow;        // once it is matched
  std::optional<Document> document = {};
};

LogisticsStatus LogisticsStatusOf(BookingStatus status);

}  // namespace emulator
