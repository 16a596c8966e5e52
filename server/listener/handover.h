// Hands accepted connections to gRPC, each on a thread of its own.
//
// gRPC may read a connection on the thread that hands it over for as long as the caller sends: a flood would
// keep the acceptor from everybody else. A thread ends with its handover, mostly within a millisecond.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>

namespace firstmile::listener {

class Handover {
 public:
  // `give` takes over `fd`; it is called by several threads at a time.
  explicit Handover(std::function<void(int fd, int listening_fd)> give) : give_(std::move(give)) {}
  // Waits for the handovers that have begun.
  ~Handover();
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;

  // Without a free thread the caller's own is taken.
  void Give(int fd, int listening_fd);

 private:
  void End();

  const std::function<void(int, int)> give_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;  // guarded by mutex_
};

}  // namespace firstmile::listener
