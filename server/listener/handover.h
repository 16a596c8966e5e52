// Hands accepted connections to gRPC on threads of its own.
//
// gRPC may read a connection on the thread that hands it over for as long as the caller sends, and meanwhile
// takes no other through the same entrance: a flood would keep the acceptor, and all new callers, waiting. So
// there are several entrances, each with a thread.
// Thread-safe.
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
  // Most connections that wait for a thread; a further one is closed. Far more than a burst of honest ones.
  static constexpr std::size_t kWaitingMax = 4096;

  // Hands `fd` over, and with it who closes it. Called by one thread at a time for each entrance.
  using Entrance = std::function<void(int fd, int listening_fd)>;

  explicit Handover(std::vector<Entrance> entrances);
  ~Handover();
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;

  // Takes over `fd`; returns at once. False: it was closed, since too many wait, or the end has come.
  bool Give(int fd, int listening_fd);

  // How long the next one to be handed over has been waiting; zero when none is.
  std::chrono::steady_clock::duration LongestWait() const;

  // Waits until all that were given are handed over. Call it before gRPC's server is shut down: that only
  // forgets what comes later. Idempotent.
  void End();

 private:
  struct Accepted {
    int fd;
    int listening_fd;
    std::chrono::steady_clock::time_point since;
  };

  void Run(const Entrance& entrance);

  const std::vector<Entrance> entrances_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Accepted> waiting_;
  bool ending_ = false;
  std::vector<std::jthread> threads_;  // last: they use what is above
};

}  // namespace firstmile::listener
