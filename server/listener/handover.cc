#include "listener/handover.h"

#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace firstmile::listener {

Handover::Handover(std::vector<Entrance> entrances) : entrances_(std::move(entrances)) {
  for (const Entrance& entrance : entrances_) threads_.emplace_back([this, &entrance] { Run(entrance); });
}

Handover::~Handover() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  threads_.clear();  // joins
}

void Handover::Give(int fd, int listening_fd) {
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    full = waiting_.size() >= kWaitingMax;
    if (!full) waiting_.push_back({fd, listening_fd});
  }
  if (!full) return changed_.notify_one();
  shutdown(fd, SHUT_RDWR);  // whoever holds another descriptor of it notices
  close(fd);
}

void Handover::Run(const Entrance& entrance) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Accepted next = waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    entrance(next.fd, next.listening_fd);
    lock.lock();
  }
}

}  // namespace firstmile::listener
