// Limits the calls per second of each shop and merchant, and counts accepted and refused ones. Thread safe.
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
#include "emulator/world/subject.h"

namespace emulator::gateway {

inline constexpr int kMaxPerSecond = 1'000'000;
inline constexpr std::size_t kMaxRateLimits = 1000;
// A window counts the calls of one shop or merchant, optionally on one path. Idle windows are dropped. If all
// are busy, calls that need a further one pass.
inline constexpr std::size_t kMaxRateWindows = 10'000;
inline constexpr std::size_t kMaxCountedShops =
    2000;  // shops and merchants; further ones are counted as shop 0

class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Throws std::runtime_error if `limit` is invalid.
  explicit RateLimiter(RateLimit limit);

  // Replaces the limit of the same shop or merchant and path; per_second 0 removes it. Returns "" or an error
  // text.
  std::string Set(const RateLimit& limit);
  void Clear();  // removes all limits
  void Reset();  // the initial limit only, counts from 0
  std::vector<RateLimit> Limits() const;

  // Counts the call and returns whether it is within the limit. A refused call does not use up the limit.
  bool Admit(auth::Subject subject, const std::string& path, Time now);
  std::map<int64_t, RateCount> Counts(auth::SubjectKind kind) const;

 private:
  using Key = std::pair<auth::Subject, std::string>;  // the path as in RateLimit

  // The calls of the last second, in slots of 10 ms.
  struct Window {
    static constexpr int kSlotsOfASecond = 100;
    static constexpr int kSlots =
        kSlotsOfASecond + 1;  // one more, since a call may fall at the end of its slot
    bool Take(const RateLimit& limit, int64_t slot);
    bool IsIdle(int64_t slot) const { return slot - newest >= kSlots; }

    std::array<uint32_t, kSlots> calls{};
    int64_t newest = 0;  // the slot that was written last
    uint32_t sum = 0;    // of all slots
  };

  const RateLimit* Find(auth::Subject subject, const std::string& path) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Window* WindowOf(Key key, int64_t slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Count(auth::Subject subject, bool accepted) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const RateLimit initial_;
  std::atomic<bool> empty_{true};  // avoids the lock while no limit is set
  mutable Mutex mutex_;
  std::map<Key, RateLimit> limits_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<Key, Window> windows_ ABSL_GUARDED_BY(mutex_);
  std::map<auth::Subject, RateCount> counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace emulator::gateway
