// A clock that a test advances manually.
#pragma once

#include <chrono>
#include <mutex>

#include "absl/time/time.h"
#include "transport/clock.h"

namespace firstmile::testing {

// Thread-safe. After Advance, call Settle so that the loop checks its timers.
class ManualClock final : public transport::Clock {
 public:
  absl::Time Now() const override {
    const std::lock_guard lock(mutex_);
    return absl::FromUnixSeconds(1700000000) + passed_ + jumped_;
  }
  transport::MonotonicTime Monotonic() const override {
    const std::lock_guard lock(mutex_);
    return transport::MonotonicTime() + std::chrono::hours(1) + absl::ToChronoNanoseconds(passed_);
  }
  void Advance(absl::Duration time) {
    const std::lock_guard lock(mutex_);
    passed_ += time;
  }
  // Changes the wall clock in either direction, as an operator or a broken machine may.
  void JumpWall(absl::Duration by) {
    const std::lock_guard lock(mutex_);
    jumped_ += by;
  }

 private:
  mutable std::mutex mutex_;
  absl::Duration passed_;
  absl::Duration jumped_;
};

}  // namespace firstmile::testing
