// What one event loop says of itself, for the page of metrics.
//
// The loop writes, any thread reads; none waits. A page may see values of two moments side by side.
#pragma once

#include <atomic>
#include <cstdint>

namespace firstmile::ops {

enum class BreakerState { kClosed, kHalfOpen, kOpen };

// Counts of now.
struct LoopState {
  std::int64_t queued = 0;             // calls that wait for their turn
  std::int64_t throttled = 0;          // shops with an operation whose rate was lowered
  std::int64_t parked_operations = 0;  // whose daily quota is spent
  BreakerState breaker = BreakerState::kClosed;
};

class LoopGauges {
 public:
  void Set(const LoopState& state) {
    queued_.store(state.queued, std::memory_order_relaxed);
    throttled_.store(state.throttled, std::memory_order_relaxed);
    parked_operations_.store(state.parked_operations, std::memory_order_relaxed);
    breaker_.store(state.breaker, std::memory_order_relaxed);
  }

  LoopState Get() const {
    return {.queued = queued_.load(std::memory_order_relaxed),
            .throttled = throttled_.load(std::memory_order_relaxed),
            .parked_operations = parked_operations_.load(std::memory_order_relaxed),
            .breaker = breaker_.load(std::memory_order_relaxed)};
  }

 private:
  std::atomic<std::int64_t> queued_ = 0;
  std::atomic<std::int64_t> throttled_ = 0;
  std::atomic<std::int64_t> parked_operations_ = 0;
  std::atomic<BreakerState> breaker_ = BreakerState::kClosed;
};

}  // namespace firstmile::ops
