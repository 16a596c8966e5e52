// The one primitive under every wait of a coroutine: wait until somebody sets it or a stop is requested.
//
// Belongs to its loop's thread; the stop may be requested from any thread. Await it at most once.
#pragma once

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "async/task.h"
#include "transport/event_loop.h"

namespace firstmile::transport {

class Waiter {
 public:
  Waiter(EventLoop& loop, std::stop_token stop)
      : state_(std::make_shared<State>(loop)), on_stop_(std::move(stop), PostStop{state_}) {}
  ~Waiter() { state_->coroutine = nullptr; }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // Ends the wait. False when it was over already, set or stopped.
  bool Set() { return state_->End(true); }

  // co_await gives true when set, false when stopped.
  bool await_ready() const { return state_->was_set.has_value(); }
  void await_suspend(std::coroutine_handle<> coroutine) { state_->coroutine = coroutine; }
  bool await_resume() const { return *state_->was_set; }

 private:
  struct State {
    explicit State(EventLoop& l) : loop(l) {}

    bool End(bool set) {
      if (was_set.has_value()) return false;
      was_set = set;
      if (coroutine) loop.Defer(coroutine);
      return true;
    }

    EventLoop& loop;
    std::optional<bool> was_set;
    std::coroutine_handle<> coroutine;
  };

  struct PostStop {
    std::shared_ptr<State> state;  // outlives the waiter: the posted work may run after it
    void operator()() const {
      state->loop.Post([state = state] { state->End(false); });
    }
  };

  std::shared_ptr<State> state_;
  std::stop_callback<PostStop> on_stop_;
};

// Waits until `due`; false when stopped before.
inline async::Task<bool> SleepUntil(EventLoop& loop, MonotonicTime due, std::stop_token stop) {
  Waiter waiter(loop, std::move(stop));
  const EventLoop::TimerId timer = loop.AddTimer(due, [&waiter] { waiter.Set(); });
  const bool elapsed = co_await waiter;
  loop.CancelTimer(timer);
  co_return elapsed;
}

}  // namespace firstmile::transport
