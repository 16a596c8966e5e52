#include "transport/blocking_threads.h"

namespace firstmile::transport {

BlockingThreads::BlockingThreads(int threads, std::size_t queue_max) : queue_max_(queue_max) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Serve(); });
}

BlockingThreads::~BlockingThreads() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

BlockingThreads::Progress BlockingThreads::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

bool BlockingThreads::Post(absl::AnyInvocable<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_max_) return false;
    queue_.push_back(std::move(work));
    ++progress_.posted;
  }
  changed_.notify_one();
  return true;
}

void BlockingThreads::Serve() {
  for (;;) {
    absl::AnyInvocable<void()> work;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
    const std::lock_guard lock(mutex_);
    ++progress_.ended;
  }
}

}  // namespace firstmile::transport
