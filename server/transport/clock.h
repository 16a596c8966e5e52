// The sidecar's source of time; tests replace it.
//
// Implementations are thread-safe.
#pragma once

#include <chrono>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace firstmile::transport {

using MonotonicTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;

  // Wall time, for signatures and dates. It may jump.
  virtual absl::Time Now() const = 0;

  // Never goes backwards; for timers and deadlines.
  virtual MonotonicTime Monotonic() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
  MonotonicTime Monotonic() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace firstmile::transport
