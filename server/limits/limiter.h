// When a call of a shop may leave: learned rates, daily quotas, fair queues and a bound on each shop's calls
// at the platform.
//
// One per event loop; belongs to its thread. A gateway asks before each attempt and tells how the attempt
// ended.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "async/task.h"
#include "limits/daily_quotas.h"
#include "limits/lane_map.h"
#include "limits/limits_options.h"
#include "limits/refusal.h"
#include "transport/event_loop.h"
#include "transport/waiter.h"

namespace firstmile::limits {

struct CallTicket {
  std::int64_t shop_id = 0;          // or the merchant's; 0: calls without a subject, which share a rate
  absl::string_view operation = "";  // of the endpoint table: it outlives the limiter
  absl::string_view caller = "";     // outlives the task; callers take turns, "" is one of them
  transport::MonotonicTime deadline = transport::MonotonicTime::max();
  bool again = false;  // refused by the platform before: goes ahead of its caller's other calls
};

class Limiter;

// A place among the shop's calls at the platform; its end gives it back. Ends before its limiter, on its
// loop.
class Permit {
 public:
  Permit() = default;
  Permit(Permit&& other) noexcept
      : limiter_(std::exchange(other.limiter_, nullptr)), lane_(other.lane_), since_(other.since_) {}
  Permit& operator=(Permit&& other) noexcept {
    std::swap(limiter_, other.limiter_);
    std::swap(lane_, other.lane_);
    std::swap(since_, other.since_);
    return *this;
  }
  ~Permit();

 private:
  friend class Limiter;
  Permit(Limiter& limiter, Lane& lane, transport::MonotonicTime since)
      : limiter_(&limiter), lane_(&lane), since_(since) {}

  Limiter* limiter_ = nullptr;
  Lane* lane_ = nullptr;
  transport::MonotonicTime since_;
};

struct Admission {
  std::optional<Refusal> refusal;  // or else the call may leave now
  Permit permit;                   // hold it until the attempt has ended
  absl::Duration waited;
};

class Limiter {
 public:
  // `loop` and `fleet`, where there is one, outlive the limiter. No task and no permit outlives it.
  Limiter(const LimiterOptions& options, transport::EventLoop& loop, FleetBudget* fleet = nullptr)
      : options_(options),
        loop_(loop),
        fleet_(fleet),
        quotas_(options_.quota, loop.clock()),
        lanes_(options_, loop) {}
  Limiter(const Limiter&) = delete;
  Limiter& operator=(const Limiter&) = delete;

  // Waits for the call's turn. Refuses at once what cannot leave before its deadline, and with CANCELLED when
  // stopped: RATE_LIMITED (our own pacing), UPSTREAM_SLOW (the shop's calls at the platform do not end),
  // DAILY_QUOTA, SIDECAR_OVERLOADED, each with a time to come back.
  async::Task<Admission> Admit(CallTicket ticket, std::stop_token stop);

  // The end of each attempt that had a permit, told before the permit ends. `sent_at`: when the attempt left.
  //
  // Accepted: any answer but a refusal for a rate or a quota, errors included.
  void OnAccepted(std::int64_t shop_id, absl::string_view operation, transport::MonotonicTime sent_at);
  // error_rate_limit. `retry_after`: what the platform said, if it did.
  void OnRateLimited(std::int64_t shop_id, absl::string_view operation, transport::MonotonicTime sent_at,
                     std::optional<absl::Duration> retry_after);
  // Time was up, the caller left or the connection broke.
  void OnNoAnswer(std::int64_t shop_id, absl::string_view operation, transport::MonotonicTime sent_at);
  // error_limit: no shop calls the operation until then, but for probes. Calls that wait for it are refused.
  void OnDailyQuota(absl::string_view operation, absl::Time until);

  // Waits for the fleet's last answers and asks it nothing more. Await it before the end of a limiter with a
  // fleet.
  async::Task<void> Close();

  struct Snapshot {
    std::size_t queued = 0;             // calls that wait
    std::size_t in_flight = 0;          // permits
    std::size_t throttled = 0;          // shops with an operation that backed off within idle_after
    std::size_t parked_operations = 0;  // whose daily quota is spent
    std::size_t keys = 0;               // shops with an operation in memory
    std::uint64_t back_offs = 0;        // since the start
    std::uint64_t fleet_failures = 0;   // questions to the fleet without an answer, since the start
  };
  Snapshot Counts() const;

  // The rate, in calls per second, that the shop and operation has now; for tests and diagnosis.
  double Rate(std::int64_t shop_id, absl::string_view operation) const;

 private:
  friend class Permit;
  struct Waiting;

  Permit Grant(Lane& lane);
  void Release(Lane& lane, transport::MonotonicTime since);
  bool MayLeave(const Lane& lane, transport::MonotonicTime now) const;

  async::Task<Admission> WaitForTurn(Lane& lane, CallTicket ticket, std::stop_token stop);
  std::optional<Refusal> RefuseToQueue(const Lane& lane, const CallTicket& ticket) const;
  absl::Duration WaitForRate(const Lane& lane, double ahead) const;
  absl::Duration WaitForPlace(const Lane& lane, double ahead) const;

  void Pump(Shop& shop);
  Lane* NextLane(Shop& shop) const;
  void LetNextLeave(Lane& lane);
  void SetTimer(Shop& shop);
  Waiting* TakeNext(Lane& lane);
  void RefuseQueued(absl::string_view operation);

  // With a fleet (limiter_fleet.cc).
  void StartDraws(Shop& shop);
  async::Task<void> Draw(Lane& lane);
  void StartTelling(Lane& lane);
  async::Task<void> Tell(Lane& lane);
  void Follow(Lane& lane, const FleetState& state);
  void GoAlone(Lane& lane);
  void EndQuestion(Lane& lane);

  const LimiterOptions options_;
  transport::EventLoop& loop_;
  FleetBudget* const fleet_;
  DailyQuotas quotas_;
  LaneMap lanes_;
  std::size_t queued_ = 0;
  std::size_t in_flight_ = 0;
  std::uint64_t back_offs_ = 0;

  int questions_ = 0;      // to the fleet, under way
  bool starting_ = false;  // a question: its answer may come before it has started
  bool closing_ = false;
  transport::Waiter* closed_ = nullptr;
  std::uint64_t fleet_failures_ = 0;
};

}  // namespace firstmile::limits
