#include "transport/slots.h"

namespace firstmile::transport {

async::Task<Slots::Admission> Slots::Acquire(std::stop_token stop) {
  if (free_ > 0) {
    --free_;
    co_return Admission::kGranted;
  }
  if (queue_.size() >= queue_max_) co_return Admission::kQueueFull;
  Waiter waiter(loop_, std::move(stop));
  const auto place = queue_.insert(queue_.end(), &waiter);
  const bool granted = co_await waiter;
  queue_.erase(place);
  co_return granted ? Admission::kGranted : Admission::kStopped;
}

void Slots::Release() {
  for (Waiter* waiter : queue_) {
    if (waiter->Set()) return;  // the place changes hands
  }
  ++free_;
}

}  // namespace firstmile::transport
