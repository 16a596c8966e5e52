// When an order counts as paid, and until when its parcels must be handed over and delivered. Unix seconds.
// Pure functions.
#pragma once

#include <cstdint>

#include "emulator/world/civil_day.h"
#include "emulator/world/entities.h"

namespace emulator {

inline constexpr int64_t kPaySeconds = 120;    // from the creation of an order to its payment
inline constexpr int kDaysToHandOver = 5;      // from the creation of an order
inline constexpr int kDaysToHandOverFast = 4;  // likewise
inline constexpr int kDaysToDeliver = 21;      // likewise, as the buyer is told

inline int64_t PaidAt(const Order& order) {
  return order.create_time + kPaySeconds;
}
inline int64_t HandOverBy(const Order& order) {
  return order.create_time + kDaysToHandOver * kSecondsPerDay;
}
inline int64_t HandOverFastBy(const Order& order) {
  return order.create_time + kDaysToHandOverFast * kSecondsPerDay;
}
inline int64_t DeliverBy(const Order& order) {
  return order.create_time + kDaysToDeliver * kSecondsPerDay;
}

}  // namespace emulator
