// Crosses from one event loop to another and back.
#pragma once

#include <utility>

#include "async/task.h"
#include "transport/event_loop.h"

namespace firstmile::transport {

// Runs `task` on the loop `there` and resumes the caller on `here`, its own loop.
template <typename T>
async::Task<T> RunThereResumeHere(EventLoop& there, EventLoop& here, async::Task<T> task) {
  if (&there != &here) co_await ResumeOn{there};
  T result = co_await std::move(task);
  if (&there != &here) co_await ResumeOn{here};
  co_return result;
}

}  // namespace firstmile::transport
