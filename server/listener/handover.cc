#include "listener/handover.h"

#include <openssl/crypto.h>

#include <cstddef>
#include <system_error>
#include <thread>

namespace firstmile::listener {
namespace {

constexpr std::size_t kWipedStackBytes = 128 * 1024;

// The stack of a thread that has ended is kept for the next one, and with it what gRPC read.
[[gnu::noinline]] void WipeStackBelow() {
  char below[kWipedStackBytes];
  OPENSSL_cleanse(below, sizeof(below));
}

}  // namespace

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
      WipeStackBelow();
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
