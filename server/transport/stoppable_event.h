// The primitive under every coroutine wait: waits for Set or a stop request.
//
// Not thread-safe; use it only on its event loop. The stop may be requested from any thread. Await it at most
// once.
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

class StoppableEvent {
 public:
  StoppableEvent(EventLoop& loop, std::stop_token stop)
      : state_(std::make_shared<State>(loop)), on_stop_(std::move(stop), PostStop{state_}) {}
  ~StoppableEvent() { state_->coroutine = nullptr; }
  StoppableEvent(const StoppableEvent&) = delete;
  StoppableEvent& operator=(const StoppableEvent&) = delete;

  // Ends the wait. Returns false when it had already ended, by Set or a stop.
  bool Set() { return state_->End(true); }

  // co_await returns true after Set, false after a stop.
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
    std::shared_ptr<State> state;  // outlives the event: posted work may run after it
    void operator()() const {
      state->loop.Post([state = state] { state->End(false); });
    }
  };

  std::shared_ptr<State> state_;
  std::stop_callback<PostStop> on_stop_;
};

// Waits until `due`; returns false when stopped before.
inline async::Task<bool> SleepUntil(EventLoop& loop, MonotonicTime due, std::stop_token stop) {
  StoppableEvent event(loop, std::move(stop));
  const EventLoop::TimerId timer = loop.AddTimer(due, [&event] { event.Set(); });
  const bool elapsed = co_await event;
  loop.CancelTimer(timer);
  co_return elapsed;
}

}  // namespace firstmile::transport
