// Threads for blocking or long work, such as a store access or decoding a large answer, so that no event loop
// blocks.
//
// Thread-safe. The destructor runs what was posted, then joins the threads.
#pragma once

#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "async/task.h"
#include "transport/event_loop.h"

namespace firstmile::transport {

class BlockingThreads {
 public:
  // Most store accesses that wait for a thread. Each shop has at most one at a time.
  static constexpr std::size_t kQueueMax = 100'000;

  // Refuses work when `queue_max` items wait already.
  explicit BlockingThreads(int threads, std::size_t queue_max = kQueueMax);
  ~BlockingThreads();

  // Runs `work` on one of the threads and resumes on `home`, the caller's own loop. `work` returns an
  // absl::Status or StatusOr; kResourceExhausted when too many items wait already.
  template <typename Work>
  async::Task<std::invoke_result_t<Work>> Run(EventLoop& home, Work work) {
    co_return co_await Awaiter<Work>{*this, home, std::move(work), std::nullopt};
  }

  std::size_t queue_max() const { return queue_max_; }

  // Totals since the start.
  struct Progress {
    std::uint64_t posted = 0;
    std::uint64_t ended = 0;  // resumption is posted to its loop
  };
  Progress progress() const;

 private:
  template <typename Work>
  struct Awaiter {
    BlockingThreads& threads;
    EventLoop& home;
    Work work;
    std::optional<std::invoke_result_t<Work>> result;

    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> coroutine) {
      const bool accepted = threads.Post([this, coroutine] {
        result.emplace(work());
        home.Post([coroutine] { coroutine.resume(); });
      });
      if (!accepted) result.emplace(absl::ResourceExhaustedError("too many steps wait for a thread"));
      return accepted;
    }
    std::invoke_result_t<Work> await_resume() { return *std::move(result); }
  };

  bool Post(absl::AnyInvocable<void()> work);
  void Serve();

  const std::size_t queue_max_;
  mutable std::mutex mutex_;  // guards what follows, down to changed_
  std::deque<absl::AnyInvocable<void()>> queue_;
  bool ending_ = false;
  Progress progress_;
  std::condition_variable changed_;
  std::vector<std::thread> threads_;  // last: they use every member above
};

}  // namespace firstmile::transport
