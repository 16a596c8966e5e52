// How Shopee's clock runs. Plain values.
#pragma once

#include <cstdint>

namespace emulator {

struct ClockOptions {
  enum class Mode {
    kReal,    // follows the base clock: the system's, or Options::now
    kFactor,  // `factor` seconds per second of the base clock
    kManual,  // stands still; only Emulator::AdvanceClock moves it
  };
  Mode mode = Mode::kReal;
  int factor = 1;     // of kFactor, 1..kMaxFactor
  int64_t start = 0;  // Unix seconds at the start; 0: the time of the base clock

  static constexpr int kMaxFactor = 1'000'000;
};

}  // namespace emulator
