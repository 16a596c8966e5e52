// How many calls a second each shop may make, and who was refused for more. Thread safe.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "emulator/emulator.h"
#include "emulator/mutex.h"

namespace emulator::gateway {

inline constexpr int kMostPerSecond = 1'000'000;
inline constexpr std::size_t kMostRateLimits = 1000;
// Of one shop, or of one shop and path. Idle ones are forgotten; calls beyond so many busy ones pass.
inline constexpr std::size_t kMostRateWindows = 10'000;
inline constexpr std::size_t kMostCountedShops = 2000;  // further ones are counted together as shop 0

class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Throws std::runtime_error when `limit` makes no sense.
  explicit RateLimiter(RateLimit limit);

  // Replaces the limit of the same shop and path; per_second 0 removes it. Says what is wrong, or "".
  std::string Set(const RateLimit& limit);
  void Clear();  // no limits any more
  void Reset();  // the limit of the start alone, counts from 0
  std::vector<RateLimit> Limits() const;

  // Counts the call, and tells whether it is within the limit. A refused call takes no place.
  bool Admit(int64_t shop_id, const std::string& path, Time now);
  std::map<int64_t, RateCount> Counts() const;

 private:
  using Key = std::pair<int64_t, std::string>;  // shop and path, as in RateLimit

  // The calls of the last second, by the hundredth that they came in.
  struct Window {
    static constexpr int kSlotsOfASecond = 100;
    static constexpr int kSlots = kSlotsOfASecond + 1;  // a call near the end of its slot stays for a second
    bool Take(const RateLimit& limit, int64_t slot);
    bool IsIdle(int64_t slot) const { return slot - newest >= kSlots; }

    std::array<uint32_t, kSlots> calls{};
    int64_t newest = 0;  // the slot that was written last
    uint32_t sum = 0;    // of all slots
  };

  const RateLimit* Find(int64_t shop_id, const std::string& path) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Window* WindowOf(Key key, int64_t slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Count(int64_t shop_id, bool accepted) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const RateLimit first_;
  std::atomic<bool> empty_{true};  // spares the lock on every request
  mutable Mutex mutex_;
  std::map<Key, RateLimit> limits_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<Key, Window> windows_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, RateCount> counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace emulator::gateway
