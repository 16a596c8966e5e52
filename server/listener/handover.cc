#include "listener/handover.h"

#include <sys/socket.h>
#include <unistd.h>

#include <system_error>
#include <utility>

namespace firstmile::listener {

Handover::Handover(std::vector<EntryPoint> entry_points) : entry_points_(std::move(entry_points)) {
  try {
    for (const EntryPoint& entry_point : entry_points_)
      threads_.emplace_back([this, &entry_point] { Run(entry_point); });
  } catch (const std::system_error&) {
    End();  // started threads wait for it
    throw;
  }
}

Handover::~Handover() {
  End();
}

void Handover::End() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  threads_.clear();  // joins
}

bool Handover::Give(int fd, int listening_fd) {
  bool taken = false;
  {
    const std::lock_guard lock(mutex_);
    taken = !ending_ && waiting_.size() < kWaitingMax;
    if (taken) waiting_.push_back({fd, listening_fd, std::chrono::steady_clock::now()});
  }
  if (taken) {
    changed_.notify_one();
    return true;
  }
  shutdown(fd, SHUT_RDWR);  // the holder of a duplicate descriptor notices
  close(fd);
  return false;
}

std::chrono::steady_clock::duration Handover::LongestWait() const {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return {};
  return std::chrono::steady_clock::now() - waiting_.front().since;
}

void Handover::Run(const EntryPoint& entry_point) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Accepted next = waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    entry_point(next.fd, next.listening_fd);
    lock.lock();
  }
}

}  // namespace firstmile::listener
