// Shopee's clock. It follows the base clock, runs faster, or is moved by hand. It goes back only on
// Restart(). Thread safe.
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

  // Moves the clock forward in every mode. The sum of all advances is capped at kMaxAdvance.
  void Advance(int64_t seconds);
  void Restart();  // back to the initial state, without advances

  static constexpr int64_t kMaxAdvance = int64_t{100} * 366 * 86400;

 private:
  const ClockOptions options_;
  const BaseClock base_;
  std::atomic<int64_t> base_start_;
  std::atomic<int64_t> start_;
  std::atomic<int64_t> advanced_{0};
};

}  // namespace emulator::time
