// A bounded number of places with a bounded, first-come queue before them.
//
// Belongs to its loop's thread.
#pragma once

#include <cstddef>
#include <list>
#include <stop_token>

#include "async/task.h"
#include "transport/event_loop.h"
#include "transport/waiter.h"

namespace firstmile::transport {

class Slots {
 public:
  enum class Admission { kGranted, kQueueFull, kStopped };

  Slots(EventLoop& loop, std::size_t places, std::size_t queue_max)
      : loop_(loop), free_(places), queue_max_(queue_max) {}

  // Waits for a place; a granted one is given back with Release.
  async::Task<Admission> Acquire(std::stop_token stop);
  void Release();

 private:
  EventLoop& loop_;
  std::size_t free_;
  const std::size_t queue_max_;
  std::list<Waiter*> queue_;
};

}  // namespace firstmile::transport
