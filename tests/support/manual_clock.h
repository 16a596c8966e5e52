// A clock that a test moves by hand.
#pragma once

#include <chrono>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "transport/clock.h"

namespace firstmile::testing {

// Thread-safe. After Advance, wake the loop (Settle) so that it looks at its timers.
class ManualClock final : public transport::Clock {
 public:
  absl::Time Now() const override {
    absl::MutexLock lock(&mutex_);
    return absl::FromUnixSeconds(1700000000) + passed_;
  }
  transport::MonotonicTime Monotonic() const override {
    absl::MutexLock lock(&mutex_);
    return transport::MonotonicTime() + std::chrono::hours(1) + absl::ToChronoNanoseconds(passed_);
  }
  void Advance(absl::Duration time) {
    absl::MutexLock lock(&mutex_);
    passed_ += time;
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Duration passed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace firstmile::testing
