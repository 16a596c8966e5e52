// Resolves host names on its own threads, so that the loop never waits for a name server.
//
// libcurl's own resolver joins its thread when a transfer ends early, and so stalls the loop. Not
// thread-safe; use it only on its event loop. A look-up cannot be cancelled; its thread may outlive the
// object.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "async/task.h"
#include "transport/event_loop.h"
#include "transport/stoppable_event.h"

namespace firstmile::transport {

// Numeric addresses, at least one, or why there is none.
struct Addresses {
  std::vector<std::string> found;
  std::string failure;       // for people; empty when found
  bool local_fault = false;  // the failure is in this process
};

class Resolver {
 public:
  // An older answer is looked up again, and used until the new look-up has succeeded.
  static constexpr std::chrono::seconds kFresh{30};
  // An older answer is used only after the next look-up has had half of the caller's time.
  static constexpr std::chrono::minutes kOld{5};
  // Used in place of kFresh for addresses that a failed connection made suspect.
  static constexpr std::chrono::seconds kFreshSuspect{1};

  // Blocks; called on any thread.
  using LookUp = std::function<Addresses(const std::string& host)>;

  // `loop` outlives the object.
  explicit Resolver(EventLoop& loop, LookUp look_up = AskSystem)
      : loop_(loop), look_up_(std::move(look_up)) {}
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  enum class End { kAnswered, kLate, kStopped };
  struct Answer {
    End end;
    std::shared_ptr<const Addresses> addresses;  // set: resolved
  };

  // Returns the addresses of `host`: at once when they are known, otherwise after a look-up, or at `due` or a
  // stop. One look-up runs at a time for each name, however many callers wait.
  async::Task<Answer> Resolve(std::string host, MonotonicTime due, std::stop_token stop);

  // Call it when `host` was unreachable: it may have moved.
  void MarkSuspect(const std::string& host);

  // Completed look-ups. Any thread.
  std::size_t lookups_ended() const { return lookups_ended_; }

  // getaddrinfo(3), for TCP.
  static Addresses AskSystem(const std::string& host);

 private:
  struct Entry {
    std::shared_ptr<const Addresses> known;   // null: never found
    std::shared_ptr<const Addresses> failed;  // the last look-up, if it failed
    MonotonicTime fresh_until;
    MonotonicTime old_from;
    bool looking_up = false;
    std::list<StoppableEvent*> waiting;
  };
  // How a look-up's thread, which may end after the object, finds the object.
  struct Link;

  void StartLookUp(const std::string& host, Entry& entry);
  void OnLookUpEnd(const std::string& host, Addresses addresses);

  EventLoop& loop_;
  const LookUp look_up_;
  std::unordered_map<std::string, Entry> entries_;  // references stay valid
  std::shared_ptr<Link> link_;
  std::atomic<std::size_t> lookups_ended_ = 0;
};

}  // namespace firstmile::transport
