#include "ops/shared_line.h"

namespace firstmile::ops {

std::uint64_t SharedLine::CountDue(std::chrono::steady_clock::time_point now) {
  count_.fetch_add(1, std::memory_order_relaxed);
  Ticks due = due_.load(std::memory_order_relaxed);
  const Ticks next = (now + std::chrono::seconds(1)).time_since_epoch().count();
  if (now.time_since_epoch().count() < due || !due_.compare_exchange_strong(due, next)) return 0;
  return count_.exchange(0, std::memory_order_relaxed);
}

}  // namespace firstmile::ops
