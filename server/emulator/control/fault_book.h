// The faults that are set, in order. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "emulator/emulator.h"
#include "emulator/mutex.h"

namespace emulator::control {

inline constexpr std::size_t kMostFaults = 1000;

class FaultBook {
 public:
  explicit FaultBook(uint64_t seed) : seed_(seed), random_(seed) {}

  bool Add(Fault fault);  // false when there are kMostFaults already
  bool Remove(uint64_t id);
  void Clear();  // the probabilities start over, too
  // The fault that acts on this request, if any; counts it down.
  std::optional<Fault> Take(const std::string& path, const std::string& shop_id);
  std::vector<Fault> All() const;  // with skip, times and acted as they stand now
  uint64_t version() const { return version_.load(std::memory_order_relaxed); }

 private:
  bool Draw(double probability) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const uint64_t seed_;
  std::atomic<uint64_t> version_{0};  // grows with every change
  std::atomic<bool> empty_{true};     // spares the lock on every request
  mutable Mutex mutex_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::vector<Fault> faults_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace emulator::control
