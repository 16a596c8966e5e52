// EagerTask<T>: a task that is already running and is awaited later, to do two things at once on one loop.
//
// Not thread-safe: start, await and complete on one thread. Await each started task exactly once, before the
// objects it uses are destroyed; dropping it does not stop it.
#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>

#include "async/task.h"

namespace firstmile::async {

template <typename T>
class [[nodiscard]] EagerTask {
 public:
  explicit EagerTask(Task<T> task) : state_(std::make_shared<State>()) {
    Detach(Complete(state_, std::move(task)));
  }

  bool await_ready() const { return state_->result.has_value(); }
  void await_suspend(std::coroutine_handle<> coroutine) { state_->awaiting = coroutine; }
  T await_resume() { return std::move(*state_->result); }

 private:
  struct State {
    std::optional<T> result;
    std::coroutine_handle<> awaiting;
  };

  static Task<void> Complete(std::shared_ptr<State> state, Task<T> task) {
    T result = co_await std::move(task);
    state->result.emplace(std::move(result));
    if (state->awaiting) state->awaiting.resume();
  }

  std::shared_ptr<State> state_;
};

}  // namespace firstmile::async
