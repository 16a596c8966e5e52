// A business over many virtual days, without a network: each shop gets orders, ships them, prints their
// documents and binds them by every method, while carriers and buyers do their part. Deterministic.
#pragma once

#include <cstdint>
#include <string>

namespace emulator::time {

struct JourneyPlan {
  int shops = 20;
  int days = 30;
  int orders_per_day = 20;  // of each shop
  uint64_t seed = 1;
};

struct JourneyReport {
  uint64_t digest = 0;  // of the final state
  uint64_t calls = 0;
  uint64_t orders = 0;
  uint64_t shipped = 0;    // by ship_order
  uint64_t bound = 0;      // packages that went onto a number
  uint64_t collected = 0;  // orders that are SHIPPED or beyond at the end
  uint64_t completed = 0;  // orders that are COMPLETED at the end
  std::string trouble;     // "" or the first answer or rule of the state that should not be
};

// Starts on a fixed day. Thread safe: everything is its own.
JourneyReport RunJourney(const JourneyPlan& plan);

}  // namespace emulator::time
