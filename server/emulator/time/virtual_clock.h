// The clock of the emulated platform. It may run with the base clock, faster, or by hand; it never steps back
// unless it is restarted. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "emulator/time/clock_options.h"

namespace emulator::time {

class VirtualClock {
 public:
  using BaseClock = std::function<int64_t()>;  // Unix seconds; thread safe

  VirtualClock(const ClockOptions& options, BaseClock base);

  int64_t Now() const;
  int64_t BaseNow() const { return base_(); }
  ClockOptions::Mode mode() const { return options_.mode; }
  int factor() const { return options_.factor; }

  // Moves the clock forward in every mode. The sum of all advances is capped at kMostAdvance.
  void Advance(int64_t seconds);
  void Restart();  // as it was made; all advances are forgotten

  static constexpr int64_t kMostAdvance = int64_t{100} * 366 * 86400;

 private:
  const ClockOptions options_;
  const BaseClock base_;
  std::atomic<int64_t> base_start_;
  std::atomic<int64_t> start_;
  std::atomic<int64_t> advanced_{0};
};

}  // namespace emulator::time
