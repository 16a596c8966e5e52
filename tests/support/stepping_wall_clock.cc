#include "support/stepping_wall_clock.h"

#include <sys/syscall.h>
#include <time.h>  // POSIX's
#include <unistd.h>

#include <atomic>

namespace firstmile::testing {
namespace {

std::atomic<std::int64_t> step_seconds{0};
std::atomic<std::int64_t> shifted_seconds{0};

}  // namespace

SteppingWallClock::SteppingWallClock(absl::Duration step) {
  shifted_seconds = 0;
  step_seconds = absl::ToInt64Seconds(step);
}

SteppingWallClock::~SteppingWallClock() {
  step_seconds = 0;
  shifted_seconds = 0;
}

// In seconds, for this reading of the clock.
static std::int64_t NextShift() {
  return shifted_seconds += step_seconds;
}

}  // namespace firstmile::testing

// Dynamically linked libraries call this one too.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long result = syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += firstmile::testing::NextShift();
  return static_cast<int>(result);
}
