// Runs a task on a loop from a test's thread and waits for its result.
#pragma once

#include <future>
#include <utility>

#include "async/task.h"
#include "transport/event_loop.h"

namespace firstmile::testing {

template <typename T>
async::Task<void> Fulfil(std::promise<T> promise, async::Task<T> task) {
  T result = co_await std::move(task);
  promise.set_value(std::move(result));
}

// When this returns, the task has started on the loop and may have ended.
template <typename T>
std::future<T> StartOnLoop(transport::EventLoop& loop, async::Task<T> task) {
  std::promise<T> promise;
  std::future<T> result = promise.get_future();
  std::promise<void> started;
  loop.Post([&] {
    async::Detach(Fulfil(std::move(promise), std::move(task)));
    started.set_value();
  });
  started.get_future().wait();
  return result;
}

template <typename T>
T RunOnLoop(transport::EventLoop& loop, async::Task<T> task) {
  return StartOnLoop(loop, std::move(task)).get();
}

// Waits until everything posted to the loop before has run.
inline void Settle(transport::EventLoop& loop) {
  std::promise<void> done;
  loop.Post([&done] { done.set_value(); });
  done.get_future().wait();
}

}  // namespace firstmile::testing
