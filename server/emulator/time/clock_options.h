// How the clock of an emulator runs. Plain values.
#pragma once

#include <cstdint>

namespace emulator {

struct ClockOptions {
  enum class Mode {
    kReal,    // as the base clock: the system's, or Options::now
    kFactor,  // `factor` seconds for each one of the base clock
    kManual,  // stands still; only Emulator::AdvanceClock moves it
  };
  Mode mode = Mode::kReal;
  int factor = 1;     // of kFactor, 1..kMostFactor
  int64_t start = 0;  // Unix seconds at the start; 0: what the base clock says then

  static constexpr int kMostFactor = 1'000'000;
};

}  // namespace emulator
