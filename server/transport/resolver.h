// Resolves host names on threads of their own: the loop never waits for a name server.
//
// libcurl's own resolver waits for its thread when a transfer ends early, and with it stalls the loop.
// Belongs to its loop's thread. A look-up cannot be cancelled; its thread may outlive the object.
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
#include "transport/waiter.h"

namespace firstmile::transport {

// Numeric addresses, at least one, or why there is none.
struct Addresses {
  std::vector<std::string> found;
  std::string failure;       // for people; empty when found
  bool local_fault = false;  // this process is to blame for it
};

class Resolver {
 public:
  // An answer that is older is looked up again, and is used until that has succeeded.
  static constexpr std::chrono::seconds kFresh{30};
  // An answer that is older than this is not used before the next look-up has had half of the caller's time.
  static constexpr std::chrono::minutes kOld{5};
  // The same as kFresh for an answer that is in doubt.
  static constexpr std::chrono::seconds kFreshInDoubt{1};

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
    std::shared_ptr<const Addresses> addresses;  // when answered
  };

  // The addresses of `host`, at once when they are known, else when a look-up has ended, or at `due` or a
  // stop. One look-up runs at a time for each name, however many wait for it.
  async::Task<Answer> Resolve(std::string host, MonotonicTime due, std::stop_token stop);

  // To be told when `host` was not to be reached: it may have moved.
  void Doubt(const std::string& host);

  // Look-ups that have ended. Any thread.
  std::size_t lookups_ended() const { return lookups_ended_; }

  // getaddrinfo(3), for TCP.
  static Addresses AskSystem(const std::string& host);

 private:
  struct Entry {
    std::shared_ptr<const Addresses> known;   // null: never found
    std::shared_ptr<const Addresses> failed;  // the last look-up, when it failed
    MonotonicTime fresh_until;
    MonotonicTime old_from;
    bool looking_up = false;
    std::list<Waiter*> waiting;
  };
  // How the thread of a look-up, which may end after the object, finds the object.
  struct Link;

  void StartLookUp(const std::string& host, Entry& entry);
  void OnLookUpEnd(const std::string& host, Addresses addresses);

  EventLoop& loop_;
  const LookUp look_up_;
  std::unordered_map<std::string, Entry> entries_;  // references stay good
  std::shared_ptr<Link> link_;
  std::atomic<std::size_t> lookups_ended_ = 0;
};

}  // namespace firstmile::transport
