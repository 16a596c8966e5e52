// What the world remembers of the parcels of an order, for the calls that look back. Not thread safe, like
// the world.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "emulator/world/world.h"

namespace emulator::api {

// Times are Unix seconds; 0: not yet, or before the emulator started.
struct ParcelHistory {
  Row package = kNoRow;
  int64_t shipped = 0;
  int64_t picked_up = 0;
  int64_t delivered = 0;
  const FirstMileNumber* number = nullptr;  // that it is bound to
};

ParcelHistory HistoryOfPackage(const World& world, Row package);

// The latest time of each step, 0 unless every parcel took it.
ParcelHistory HistoryOfOrder(const World& world, const Order& order);

// "Pickup" or "Drop off"; empty for a parcel on no first-mile number.
std::string_view FirstMileType(const ParcelHistory& parcel);

// The parcel's first-mile number, as far as it is known already; empty otherwise.
std::string_view FirstMileCode(const World& world, const ParcelHistory& parcel);

int64_t WholeDays(int64_t seconds);

// Why an order counts against its shop, in Shopee's numbers.
struct OrderFailure {
  enum Type { kCancelledBySystem = 1, kCancelledBySeller = 2, kReturned = 3 };

  Type type = kCancelledBySystem;
  int reason = 0;
};

// nullopt for an order that went well, or that its buyer cancelled.
std::optional<OrderFailure> FailureOf(const World& world, Row order);

}  // namespace emulator::api
