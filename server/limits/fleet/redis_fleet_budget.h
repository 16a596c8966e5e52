// A fleet's budget in a Redis server (5 or later), the one of custody as a rule.
//
// Thread-safe. Waits on a thread of its own. While Redis does not answer, questions fail at once, but for one
// in FleetOptions::alone. What is kept may be lost: it is learned anew.
#pragma once

#include <atomic>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "limits/fleet_budget.h"
#include "limits/limits_options.h"
#include "redis/client.h"
#include "transport/blocking_threads.h"

namespace firstmile::limits {

class RedisFleetBudget final : public FleetBudget {
 public:
  // Told when Redis does not answer any more, and with OK when it does again; on the budget's thread.
  using OnChange = absl::AnyInvocable<void(const absl::Status&)>;

  // Connects with the first question. Takes the time limits from `options` in the place of those of `redis`.
  // Ends after the limiters have closed.
  RedisFleetBudget(const FleetOptions& options, const redis::Options& redis, OnChange on_change);

  async::Task<absl::StatusOr<FleetGrant>> Take(transport::EventLoop& home, FleetKey key, double rate,
                                               int wanted) override;
  async::Task<absl::StatusOr<FleetState>> TellBackOff(transport::EventLoop& home, FleetKey key,
                                                      FleetState told, absl::Duration rest) override;

 private:
  using Arguments = redis::Client::Arguments;

  // These run on the thread.
  absl::StatusOr<FleetGrant> TakeNow(const FleetKey& key, double rate, int wanted);
  absl::StatusOr<FleetState> TellNow(const FleetKey& key, const FleetState& told, absl::Duration rest);
  absl::StatusOr<redis::Reply> Ask(const redis::Script& script, const Arguments& arguments);
  void Note(const absl::Status& status);

  bool down() const;
  std::string NameOf(const FleetKey& key) const;

  const FleetOptions options_;
  const std::string forget_after_ms_;
  redis::Client client_;
  OnChange on_change_;
  bool answers_ = true;                          // of the thread
  std::atomic<std::int64_t> down_until_us_ = 0;  // of the wall clock
  transport::BlockingThreads thread_{1};         // last: it uses every member above
};

}  // namespace firstmile::limits
