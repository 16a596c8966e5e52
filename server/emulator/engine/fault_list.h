// The active faults, in the order in which they were added. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "emulator/emulator.h"
#include "emulator/mutex.h"

namespace emulator::engine {

inline constexpr std::size_t kMaxFaults = 1000;

class FaultList {
 public:
  explicit FaultList(uint64_t seed) : seed_(seed), random_(seed) {}

  bool Add(Fault fault);  // false if there are kMaxFaults already
  bool Remove(uint64_t id);
  void Clear();  // also restarts the random draws
  // The fault that acts on this request, if any; updates its counts.
  std::optional<Fault> Take(const std::string& path, const std::string& shop_id);
  std::vector<Fault> All() const;  // with the current skip, times and acted
  uint64_t version() const { return version_.load(std::memory_order_relaxed); }

 private:
  bool Draw(double probability) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const uint64_t seed_;
  std::atomic<uint64_t> version_{0};  // grows with every change
  std::atomic<bool> empty_{true};     // avoids the lock while no fault is set
  mutable Mutex mutex_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::vector<Fault> faults_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace emulator::engine
