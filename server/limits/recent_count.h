// The number of events within the last second, with a resolution of 50 ms.
//
// Not thread-safe; the caller passes the time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "transport/clock.h"

namespace firstmile::limits {

class RecentCount {
 public:
  void Add(transport::MonotonicTime now);

  int Count(transport::MonotonicTime now) const;
  // When the first of them happened; `now` when there are none.
  transport::MonotonicTime First(transport::MonotonicTime now) const;

 private:
  static constexpr std::size_t kSlots = 20;
  static constexpr std::chrono::milliseconds kSlot{1000 / kSlots};
  static constexpr std::uint16_t kCountMax = 0xffff;  // per slot; saturates

  static std::int64_t SlotOf(transport::MonotonicTime time) { return time.time_since_epoch() / kSlot; }
  std::int64_t Oldest(transport::MonotonicTime now) const;

  std::array<std::uint16_t, kSlots> counts_{};  // by slot number, modulo
  std::int64_t last_slot_ = 0;                  // the newest slot counted
};

}  // namespace firstmile::limits
