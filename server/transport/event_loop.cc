#include "transport/event_loop.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace firstmile::transport {
namespace {

// Longest single wait, so that the loop notices a manually advanced test clock.
constexpr int kWaitMsMax = 1000;

}  // namespace

EventLoop::EventLoop(const Clock& clock, const std::string& name)
    : clock_(clock), thread_([this] { Run(); }) {
  pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

EventLoop::~EventLoop() {
  Stop();
}

void EventLoop::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  poller_.Wake();
  thread_.join();
}

void EventLoop::Post(Work work) {
  bool wake;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    posted_.push_back(std::move(work));
    wake = std::exchange(asleep_, false);  // once for each sleep
  }
  if (wake) poller_.Wake();
}

EventLoop::TimerId EventLoop::AddTimer(MonotonicTime due, Work work) {
  TimerId id{due, next_timer_++};
  timers_.emplace(id, std::move(work));
  return id;
}

void EventLoop::Run() {
  while (true) {
    RunPosted();
    RunTimers();
    ResumeReady();
    poller_.Dispatch();
    pools_.Perform();
    ResumeReady();
    const int wait_ms = WaitLimitMs();
    bool sleep;
    {
      const std::lock_guard lock(mutex_);
      if (posted_.empty() && stopping_) return;
      sleep = posted_.empty() && wait_ms > 0;
      asleep_ = sleep;
    }
    poller_.Wait(sleep ? wait_ms : 0);  // polls sockets even while posted work never ends
  }
}

void EventLoop::RunPosted() {
  {
    const std::lock_guard lock(mutex_);
    asleep_ = false;
    running_.swap(posted_);
  }
  for (Work& work : running_) work();
  running_.clear();
}

void EventLoop::RunTimers() {
  const MonotonicTime now = clock_.Monotonic();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    Work work = std::move(timers_.extract(timers_.begin()).mapped());
    work();
  }
}

void EventLoop::ResumeReady() {
  while (!ready_.empty()) {
    const std::coroutine_handle<> coroutine = ready_.front();
    ready_.pop_front();
    coroutine.resume();
  }
}

int EventLoop::WaitLimitMs() {
  std::chrono::nanoseconds wait = std::chrono::milliseconds(kWaitMsMax);
  if (!timers_.empty()) wait = std::min(wait, timers_.begin()->first.first - clock_.Monotonic());
  if (const auto due = pools_.due()) wait = std::min(wait, *due - std::chrono::steady_clock::now());
  return static_cast<int>(
      std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(wait).count(), 0));
}

}  // namespace firstmile::transport
