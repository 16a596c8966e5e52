// Simulates many days of business without a network: each shop gets orders, ships them, prints their
// documents and binds them by every method; carriers and buyers act on schedule. Deterministic.
#pragma once

#include <cstdint>
#include <string>

namespace emulator::simulation {

struct SimulationPlan {
  int shops = 20;
  int days = 30;
  int orders_per_day = 20;  // of each shop
  uint64_t seed = 1;
};

struct SimulationReport {
  uint64_t digest = 0;  // of the final state
  uint64_t calls = 0;
  uint64_t orders = 0;
  uint64_t shipped = 0;    // by ship_order
  uint64_t bound = 0;      // packages that were bound to a number
  uint64_t collected = 0;  // orders that are SHIPPED or beyond at the end
  uint64_t completed = 0;  // orders that are COMPLETED at the end
  std::string error;       // "" or the first unexpected error or broken rule
};

// Starts on a fixed day. Thread safe.
SimulationReport RunSimulation(const SimulationPlan& plan);

}  // namespace emulator::simulation
