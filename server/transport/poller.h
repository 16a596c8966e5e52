// Waits for ready sockets or a wake-up: epoll and an eventfd.
//
// `Wake` and `wakes` are thread-safe; call every other member on the loop's thread.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <unordered_map>

namespace firstmile::transport {

// Called on the loop's thread when a socket is readable or writable; an error counts as both.
class SocketListener {
 public:
  virtual void OnReady(int socket, bool readable, bool writable) = 0;

 protected:
  ~SocketListener() = default;
};

class Poller {
 public:
  // Aborts the process when the system has no descriptor for it: nothing works without one.
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // Reports the socket's events to `listener`, which must outlive the registration. Call it again to change
  // the interest.
  void Watch(int socket, bool read, bool write, SocketListener* listener);

  // The socket may be closed already. Its collected events are dropped.
  void Forget(int socket);

  // Collects events. Waits up to `timeout_ms` for the first one, or for Wake.
  void Wait(int timeout_ms);

  // Reports the events of the last Wait to the listeners. They may watch and forget any socket.
  void Dispatch();

  // Ends the current Wait, or the next one.
  void Wake();

  // Wake-ups since the start.
  std::uint64_t wakes() const { return wakes_.load(std::memory_order_relaxed); }

 private:
  // A descriptor number may be reused before an old event is reported; the serial distinguishes the two.
  struct Watched {
    std::uint32_t serial;
    SocketListener* listener;
  };

  bool Control(int operation, int socket, std::uint32_t events, std::uint32_t serial) const;

  const int epoll_;
  const int wake_;
  std::unordered_map<int, Watched> watched_;
  std::uint32_t next_serial_ = 0;
  std::array<epoll_event, 256> collected_{};  // further events come with the next Wait
  int collected_count_ = 0;
  std::atomic<std::uint64_t> wakes_ = 0;
};

}  // namespace firstmile::transport
