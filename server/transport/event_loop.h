// One thread that runs transfers, timers, posted work and the coroutines of the shops that live on it.
//
// `Post`, `OnLoop` and `clock` are thread-safe; every other member belongs to the loop's thread. Work must
// not block: everything that waits is a coroutine.
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
#include "transport/curl_multi.h"

namespace firstmile::transport {

class EventLoop {
 public:
  using Work = absl::AnyInvocable<void()>;
  using TimerId = std::pair<MonotonicTime, std::uint64_t>;

  // Starts the thread. `clock` outlives the loop; `name` shows in thread lists (15 characters at most).
  EventLoop(const Clock& clock, const std::string& name);

  // Stops.
  ~EventLoop();

  // Runs what is posted already, then ends the thread and waits for it. The caller has ended every coroutine
  // before: one that still waits would never resume. Further posts are dropped. Not from the loop's thread.
  void Stop();

  void Post(Work work);
  bool OnLoop() const { return std::this_thread::get_id() == thread_.get_id(); }
  const Clock& clock() const { return clock_; }

  // Resumes `coroutine` soon, after the current work, so that no resumption nests in another.
  void Defer(std::coroutine_handle<> coroutine) { ready_.push_back(coroutine); }

  TimerId AddTimer(MonotonicTime due, Work work);
  void CancelTimer(const TimerId& timer) { timers_.erase(timer); }

  CurlMulti& multi() { return multi_; }

 private:
  void Run();
  void RunPosted();
  void RunTimers();
  void ResumeReady();
  int WaitLimitMs();

  const Clock& clock_;
  CurlMulti multi_;

  // Guards the two below. Not absl::Mutex: ThreadSanitizer cannot see the locks of a library built without
  // it.
  std::mutex mutex_;
  std::vector<Work> posted_;
  bool stopping_ = false;

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
