#include "transport/byte_budget.h"

namespace firstmile::transport {

ByteBudget::Share::~Share() {
  budget_.taken_.fetch_sub(bytes_, std::memory_order_relaxed);
}

bool ByteBudget::Share::GrowTo(std::int64_t bytes) {
  if (bytes <= bytes_) return true;
  const std::int64_t missing = bytes - bytes_;
  const std::int64_t before = budget_.taken_.fetch_add(missing, std::memory_order_relaxed);
  if (budget_.bound_ != 0 && before + missing > budget_.bound_) {
    budget_.taken_.fetch_sub(missing, std::memory_order_relaxed);
    return false;
  }
  bytes_ = bytes;
  return true;
}

}  // namespace firstmile::transport
