// The threads on which a store is waited for, so that no event loop ever is.
//
// Thread-safe. Destroying it runs what was posted, then ends the threads.
#pragma once

#include <condition_variable>
#include <coroutine>
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

namespace firstmile::tokens {

class StoreThread {
 public:
  // Most steps that wait for a thread. Each shop has one at a time.
  static constexpr std::size_t kQueueMax = 100'000;

  explicit StoreThread(int threads);
  ~StoreThread();

  // Runs `work` on a store thread and resumes on `home`, where the caller must be now. `work` gives an
  // absl::Status or StatusOr; kResourceExhausted when too many steps wait already.
  template <typename Work>
  async::Task<std::invoke_result_t<Work>> Run(transport::EventLoop& home, Work work) {
    co_return co_await Awaiter<Work>{*this, home, std::move(work), std::nullopt};
  }

 private:
  template <typename Work>
  struct Awaiter {
    StoreThread& threads;
    transport::EventLoop& home;
    Work work;
    std::optional<std::invoke_result_t<Work>> result;

    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> coroutine) {
      const bool accepted = threads.Post([this, coroutine] {
        result.emplace(work());
        home.Post([coroutine] { coroutine.resume(); });
      });
      if (!accepted) result.emplace(absl::ResourceExhaustedError("too many steps wait for the token store"));
      return accepted;
    }
    std::invoke_result_t<Work> await_resume() { return *std::move(result); }
  };

  bool Post(absl::AnyInvocable<void()> work);
  void Serve();

  std::mutex mutex_;  // guards the two below
  std::deque<absl::AnyInvocable<void()>> queue_;
  bool ending_ = false;
  std::condition_variable changed_;
  std::vector<std::thread> threads_;  // last: they use every member above
};

}  // namespace firstmile::tokens
