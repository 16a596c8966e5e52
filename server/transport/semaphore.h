// Limits how many coroutines proceed at a time; others wait, first come, first served.
//
// Not thread-safe; use it only on its event loop.
#pragma once

#include <cstddef>
#include <list>
#include <stop_token>
#include <utility>

#include "async/task.h"
#include "transport/event_loop.h"
#include "transport/stoppable_event.h"

namespace firstmile::transport {

class Semaphore {
 public:
  enum class End { kAcquired, kLate, kStopped };

  Semaphore(EventLoop& loop, std::size_t count) : loop_(loop), free_(count) {}

  // Waits until `due` at the latest. Return the permit with Release.
  async::Task<End> Acquire(MonotonicTime due, std::stop_token stop);
  void Release();

 private:
  EventLoop& loop_;
  std::size_t free_;
  std::list<StoppableEvent*> queue_;
};

// An acquired permit, released by the destructor. May be empty.
class SemaphorePermit {
 public:
  SemaphorePermit() = default;
  explicit SemaphorePermit(Semaphore& semaphore) : semaphore_(&semaphore) {}
  SemaphorePermit(SemaphorePermit&& other) noexcept : semaphore_(std::exchange(other.semaphore_, nullptr)) {}
  SemaphorePermit& operator=(SemaphorePermit&& other) noexcept {
    std::swap(semaphore_, other.semaphore_);
    return *this;
  }
  ~SemaphorePermit() {
    if (semaphore_ != nullptr) semaphore_->Release();
  }

 private:
  Semaphore* semaphore_ = nullptr;
};

}  // namespace firstmile::transport
