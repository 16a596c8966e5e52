#include "limits/recent_count.h"

#include <algorithm>

namespace firstmile::limits {

using transport::MonotonicTime;

void RecentCount::Add(MonotonicTime now) {
  const std::int64_t slot = SlotOf(now);
  const std::int64_t first_stale = std::max(last_slot_ + 1, slot - std::int64_t{kSlots} + 1);
  for (std::int64_t i = first_stale; i <= slot; ++i) counts_[static_cast<std::size_t>(i) % kSlots] = 0;
  last_slot_ = std::max(last_slot_, slot);
  std::uint16_t& count = counts_[static_cast<std::size_t>(slot) % kSlots];
  if (count < kCountMax) ++count;
}

std::int64_t RecentCount::Oldest(MonotonicTime now) const {
  return SlotOf(now) - std::int64_t{kSlots} + 1;
}

int RecentCount::Count(MonotonicTime now) const {
  int sum = 0;
  for (std::int64_t i = Oldest(now); i <= last_slot_; ++i)
    sum += counts_[static_cast<std::size_t>(i) % kSlots];
  return sum;
}

MonotonicTime RecentCount::First(MonotonicTime now) const {
  for (std::int64_t i = Oldest(now); i <= last_slot_; ++i) {
    if (counts_[static_cast<std::size_t>(i) % kSlots] > 0) return MonotonicTime(kSlot * i);
  }
  return now;
}

}  // namespace firstmile::limits
