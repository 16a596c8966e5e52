// Decides when a call may be sent: a rate per shop and operation, a limit on each shop's concurrent calls at
// Shopee, and a fair share of the connections. A merchant that calls for itself is limited like a shop, and
// separately from every shop.
//
// One per event loop; not thread-safe, use it only on that loop.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "async/task.h"
#include "limits/limits_options.h"
#include "limits/refusal.h"
#include "limits/shop_map.h"
#include "subjects/subject.h"
#include "transport/event_loop.h"
#include "transport/stoppable_event.h"

namespace firstmile::limits {

struct CallTicket {
  subjects::Subject subject;         // shop, merchant or the partner
  absl::string_view operation = "";  // from the endpoint table; outlives the limiter
  absl::string_view caller = "";     // outlives the task; callers share fairly, and "" counts as one caller
  transport::MonotonicTime deadline = transport::MonotonicTime::max();
  bool file = false;   // the answer is a file; the same for all calls of an operation
  bool again = false;  // Shopee refused it before: goes ahead of its caller's other calls
};

class Limiter {
 public:
  // A call of a shop at Shopee. Ending it releases its position. The pointer owns nothing. Ends before its
  // limiter, on its loop.
  struct EndCall {
    ShopOperation* operation;
    transport::MonotonicTime since;
    bool sent;
    void operator()(Limiter* limiter) const { limiter->Release(*this); }
  };
  using Slot = std::unique_ptr<Limiter, EndCall>;

  struct Admission {
    std::optional<Refusal> refusal;  // empty: there is a slot
    Slot slot;
    absl::Duration waited;
  };

  // `loop` outlives the limiter, and the limiter outlives all tasks and slots.
  Limiter(const LimiterOptions& options, transport::EventLoop& loop)
      : options_(options), loop_(loop), shops_(options_) {}
  ~Limiter();
  Limiter(const Limiter&) = delete;
  Limiter& operator=(const Limiter&) = delete;

  // Waits until the call may be sent. Refuses at once, with a retry delay, a call that cannot be sent before
  // its deadline: RATE_LIMITED (by the learned rate), CONCURRENCY_LIMITED (the shop's calls at Shopee do not
  // end, or all connections are in use), SIDECAR_OVERLOADED. A stop gives CANCELLED.
  async::Task<Admission> Admit(CallTicket ticket, std::stop_token stop);

  // Records that the slot's call is sent. A slot that ends without it does not count in call durations.
  void OnSent(Slot& slot);

  // Report how the slot's call ended, exactly once, before the slot ends.
  //
  // Any answer but a rate limit refusal, errors included.
  void OnAnswer(const Slot& slot);
  // error_rate_limit. `retry_after`: the pause that Shopee asks for; zero when it names none.
  void OnRateLimited(const Slot& slot, absl::Duration retry_after);
  // Timeout, cancellation by the caller or a broken connection.
  void OnNoAnswer(const Slot& slot);

  // Refuses all waiting calls of an operation, or all waiting calls when `operation` is empty.
  void RefuseWaiting(absl::string_view operation, const Refusal& refusal);

  struct Snapshot {
    std::size_t queued = 0;       // calls that wait
    std::size_t in_flight = 0;    // slots
    std::size_t throttled = 0;    // (shop, operation) pairs that backed off within idle_after
    std::size_t operations = 0;   // (shop, operation) pairs in memory
    std::uint64_t back_offs = 0;  // since the start
  };
  Snapshot Counts() const;

  // The current rate of the subject and operation, in calls per second; for tests and diagnosis.
  double Rate(subjects::Subject subject, absl::string_view operation) const;

 private:
  struct Waiting;

  transport::MonotonicTime Now() const { return loop_.clock().Monotonic(); }

  Slot Grant(ShopOperation& operation);
  void Release(const EndCall& call);
  std::optional<Refusal> RefuseToQueue(const ShopOperation& operation, const CallTicket& ticket) const;
  async::Task<Admission> WaitForTurn(ShopOperation& operation, CallTicket ticket, std::stop_token stop);

  // Serves the shop's next call as soon as it may be sent and a connection is free.
  void ScheduleNext(Shop& shop);
  void QueueUp(Shop& shop);
  void ServeTurns();
  void Dispatch(ShopOperation& operation);
  void SetTimer(Shop& shop);
  Waiting* TakeNext(ShopOperation& operation);

  absl::Duration WaitForConnection(std::size_t ahead) const;
  bool ConnectionIsFree() const { return in_flight_ < options_.connections_max; }
  bool MaySend(const ShopOperation& operation) const;
  std::optional<std::size_t> ReadyOperation(const Shop& shop) const;

  const LimiterOptions options_;
  transport::EventLoop& loop_;
  ShopMap shops_;
  std::list<Shop*> turns_;  // shops with a call that waits only for a connection
  std::size_t queued_ = 0;
  std::size_t in_flight_ = 0;
  AnswerTime durations_;  // of calls at Shopee
  std::uint64_t back_offs_ = 0;
};

}  // namespace firstmile::limits
