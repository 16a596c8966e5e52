// Shifts this process's wall clock by an hour at every reading, which an operator or a time service may do:
// so often that every wait on that clock fails.
//
// One at a time; it applies to all threads while it exists. Replaces clock_gettime in its program, so link it
// only into the test's program. The monotonic clock is unchanged.
#pragma once

#include "absl/time/time.h"

namespace firstmile::testing {

class SteppingWallClock {
 public:
  explicit SteppingWallClock(absl::Duration step);
  SteppingWallClock(const SteppingWallClock&) = delete;
  SteppingWallClock& operator=(const SteppingWallClock&) = delete;
  ~SteppingWallClock();
};

}  // namespace firstmile::testing
