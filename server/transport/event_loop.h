// One thread that runs its shops' transfers, timers, posted work and coroutines.
//
// `Post`, `OnLoop`, `clock` and `wakes` are thread-safe; call every other member on the loop's thread. Work
// must not block: whatever waits is a coroutine.
#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "transport/clock.h"
#include "transport/connection_pools.h"
#include "transport/poller.h"

namespace firstmile::transport {

class EventLoop {
 public:
  using Work = absl::AnyInvocable<void()>;
  using TimerId = std::pair<MonotonicTime, std::uint64_t>;

  // Starts the thread. `clock` outlives the loop; `name` appears in thread lists (at most 15 characters).
  EventLoop(const Clock& clock, const std::string& name);

  // Stops.
  ~EventLoop();

  // Runs what is already posted, then ends and joins the thread. End all coroutines first: one that still
  // waits would never resume. Later posts are dropped. Not from the loop's thread.
  void Stop();

  void Post(Work work);
  bool OnLoop() const { return std::this_thread::get_id() == thread_.get_id(); }
  const Clock& clock() const { return clock_; }

  // Resumes `coroutine` after the current work, so that resumptions do not nest.
  void Defer(std::coroutine_handle<> coroutine) { ready_.push_back(coroutine); }

  TimerId AddTimer(MonotonicTime due, Work work);
  void CancelTimer(const TimerId& timer) { timers_.erase(timer); }

  ConnectionPools& pools() { return pools_; }

  // How often a post has woken the loop. Posts to an awake loop do not count.
  std::uint64_t wakes() const { return poller_.wakes(); }

 private:
  void Run();
  void RunPosted();
  void RunTimers();
  void ResumeReady();
  int WaitLimitMs();

  const Clock& clock_;
  Poller poller_;
  ConnectionPools pools_{poller_};

  // Guards the three below. Not absl::Mutex: ThreadSanitizer cannot see the locks of a library built without
  // it.
  std::mutex mutex_;
  std::vector<Work> posted_;
  bool stopping_ = false;
  bool asleep_ = false;  // or about to be: a post must wake it

  std::vector<Work> running_;  // swapped with posted_, so that both keep their capacity
  std::deque<std::coroutine_handle<>> ready_;
  std::map<TimerId, Work> timers_;
  std::uint64_t next_timer_ = 0;
  std::thread thread_;  // last: it uses every member above
};

// Resumes the awaiting coroutine on `loop`'s thread.
struct ResumeOn {
  EventLoop& loop;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) const {
    loop.Post([coroutine] { coroutine.resume(); });
  }
  void await_resume() const {}
};

}  // namespace firstmile::transport
