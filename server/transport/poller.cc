#include "transport/poller.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace firstmile::transport {
namespace {

// Identifies the eventfd; no socket has this number.
constexpr std::uint64_t kWakeId = UINT64_MAX;

int RequireDescriptor(int descriptor, const char* call) {
  if (descriptor >= 0) return descriptor;
  std::perror(call);
  std::abort();
}

std::uint64_t IdOf(int socket, std::uint32_t serial) {
  return std::uint64_t{serial} << 32 | static_cast<std::uint32_t>(socket);
}

}  // namespace

Poller::Poller()
    : epoll_(RequireDescriptor(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(RequireDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  // Edge-triggered: each write is reported once, so the counter need not be read. 64 bits never overflow.
  epoll_event wake{.events = EPOLLIN | EPOLLET, .data = {.u64 = kWakeId}};
  RequireDescriptor(epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &wake), "epoll_ctl");
}

Poller::~Poller() {
  close(wake_);
  close(epoll_);
}

bool Poller::Control(int operation, int socket, std::uint32_t events, std::uint32_t serial) const {
  epoll_event event{.events = events, .data = {.u64 = IdOf(socket, serial)}};
  return epoll_ctl(epoll_, operation, socket, &event) == 0;
}

void Poller::Watch(int socket, bool read, bool write, SocketListener* listener) {
  const std::uint32_t events = (read ? EPOLLIN : 0U) | (write ? EPOLLOUT : 0U);
  const auto [at, is_new] = watched_.try_emplace(socket);
  at->second.listener = listener;
  if (!is_new && Control(EPOLL_CTL_MOD, socket, events, at->second.serial)) return;
  at->second.serial = next_serial_++;
  // When the kernel lacks memory for it, the socket stays silent and its transfer times out, as if Shopee had
  // not answered.
  Control(EPOLL_CTL_ADD, socket, events, at->second.serial);
}

void Poller::Forget(int socket) {
  if (watched_.erase(socket) == 0) return;
  Control(EPOLL_CTL_DEL, socket, 0, 0);  // fails for a closed socket, which epoll has already removed
}

void Poller::Wait(int timeout_ms) {
  const int count = epoll_wait(epoll_, collected_.data(), static_cast<int>(collected_.size()), timeout_ms);
  collected_count_ = std::max(count, 0);  // a signal ends the wait early with no events
}

void Poller::Dispatch() {
  for (int i = 0; i < collected_count_; ++i) {
    const epoll_event event = collected_[static_cast<std::size_t>(i)];
    if (event.data.u64 == kWakeId) continue;
    const int socket = static_cast<int>(event.data.u64 & UINT32_MAX);
    const auto found = watched_.find(socket);
    if (found == watched_.end() || IdOf(socket, found->second.serial) != event.data.u64) continue;
    const bool failed = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
    found->second.listener->OnReady(socket, failed || (event.events & EPOLLIN) != 0,
                                    failed || (event.events & EPOLLOUT) != 0);
  }
  collected_count_ = 0;
}

void Poller::Wake() {
  wakes_.fetch_add(1, std::memory_order_relaxed);
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
}

}  // namespace firstmile::transport
