// Hands accepted connections to gRPC on its own threads.
//
// gRPC may read a connection on the thread that hands it over for as long as the caller sends, and takes no
// other connection on that entry point meanwhile: a flood would block the acceptor and all new callers. So
// there are several entry points, each with a thread. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace firstmile::listener {

class Handover {
 public:
  // Most connections that wait for a thread; a further one is closed. Far more than an ordinary burst.
  static constexpr std::size_t kWaitingMax = 4096;

  // Hands over `fd` and the duty to close it. Called by one thread at a time.
  using EntryPoint = std::function<void(int fd, int listening_fd)>;

  explicit Handover(std::vector<EntryPoint> entry_points);
  ~Handover();
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;

  // Takes over `fd`; returns at once. Returns false when it was closed, because too many wait or End was
  // called.
  bool Give(int fd, int listening_fd);

  // How long the next connection in the queue has been waiting; zero when the queue is empty.
  std::chrono::steady_clock::duration LongestWait() const;

  // Waits until all queued connections are handed over. Call it before gRPC's server is shut down, which
  // would drop later ones. Idempotent.
  void End();

 private:
  struct Accepted {
    int fd;
    int listening_fd;
    std::chrono::steady_clock::time_point since;
  };

  void Run(const EntryPoint& entry_point);

  const std::vector<EntryPoint> entry_points_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Accepted> waiting_;
  bool ending_ = false;
  std::vector<std::jthread> threads_;  // last: they use the members above
};

}  // namespace firstmile::listener
