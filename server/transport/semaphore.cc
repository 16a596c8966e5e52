#include "transport/semaphore.h"

#include <optional>
#include <utility>

namespace firstmile::transport {

async::Task<Semaphore::End> Semaphore::Acquire(MonotonicTime due, std::stop_token stop) {
  if (free_ > 0) {
    --free_;
    co_return End::kAcquired;
  }
  StoppableEvent event(loop_, std::move(stop));
  const auto place = queue_.insert(queue_.end(), &event);
  bool late = false;
  std::optional<EventLoop::TimerId> timer;
  if (due != MonotonicTime::max()) timer = loop_.AddTimer(due, [&event, &late] { late = event.Set(); });
  const bool set = co_await event;
  if (timer.has_value()) loop_.CancelTimer(*timer);
  queue_.erase(place);
  if (!set) co_return End::kStopped;
  co_return late ? End::kLate : End::kAcquired;
}

void Semaphore::Release() {
  for (StoppableEvent* event : queue_) {
    if (event->Set()) return;  // the permit passes to the next waiter
  }
  ++free_;
}

}  // namespace firstmile::transport
