#include "transport/event_loop.h"

#include <pthread.h>

#include <algorithm>

namespace firstmile::transport {
namespace {

// Upper bound of one wait, so that a clock that a test moves by hand is looked at now and then.
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
  multi_.Wake();
  thread_.join();
}

void EventLoop::Post(Work work) {
  bool wake;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    wake = posted_.empty();  // otherwise a wake-up is on its way already
    posted_.push_back(std::move(work));
  }
  if (wake) multi_.Wake();
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
    multi_.Perform();
    ResumeReady();
    {
      const std::lock_guard lock(mutex_);
      if (!posted_.empty()) continue;
      if (stopping_) return;
    }
    multi_.Wait(WaitLimitMs());
  }
}

void EventLoop::RunPosted() {
  {
    const std::lock_guard lock(mutex_);
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
  if (timers_.empty()) return kWaitMsMax;
  const auto wait =
      std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first.first - clock_.Monotonic());
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(wait.count(), 0, kWaitMsMax));
}

}  // namespace firstmile::transport
