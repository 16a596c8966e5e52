#include "listener/handover.h"

#include <system_error>
#include <thread>

namespace firstmile::listener {

Handover::~Handover() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return running_ == 0; });
}

void Handover::Give(int fd, int listening_fd) {
  {
    const std::lock_guard lock(mutex_);
    ++running_;
  }
  try {
    std::thread([this, fd, listening_fd] {
      give_(fd, listening_fd);
      End();
    }).detach();
  } catch (const std::system_error&) {
    give_(fd, listening_fd);
    End();
  }
}

void Handover::End() {
  const std::lock_guard lock(mutex_);
  if (--running_ == 0) ended_.notify_all();
}

}  // namespace firstmile::listener
