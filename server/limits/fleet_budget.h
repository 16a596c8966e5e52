// What the sidecars that serve the same shops share: a learned limit, and its permits.
//
// Thread-safe: the limiters of all loops use one. Both questions are bounded in time; a failure means that
// the limiter goes on alone for a while.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "async/task.h"
#include "transport/event_loop.h"

namespace firstmile::limits {

struct FleetKey {
  std::int64_t shop_id = 0;
  std::string operation;
};

// The last back-off that the fleet knows.
struct FleetState {
  std::uint64_t version = 0;  // grows with each back-off; 0: none is known
  double ceiling = 0;         // calls per second
  absl::Duration approach;
  absl::Duration age;  // since the back-off
};

struct FleetGrant {
  int permits = 0;
  absl::Duration first_in;      // from now until the first of them may be used; the others follow at the rate
  absl::Duration ask_again_in;  // when there are none
  FleetState state;
};

class FleetBudget {
 public:
  virtual ~FleetBudget() = default;

  // At most `wanted` permits, of which the whole fleet gets `rate` a second. Resumes on `home`, where the
  // caller is.
  virtual async::Task<absl::StatusOr<FleetGrant>> Take(transport::EventLoop& home, FleetKey key, double rate,
                                                       int wanted) = 0;

  // The platform refused a call: `told` with the version that the caller knew then, and for how long nobody
  // shall call. Gives what holds now: that, one version on, or what somebody else told before.
  virtual async::Task<absl::StatusOr<FleetState>> TellBackOff(transport::EventLoop& home, FleetKey key,
                                                              FleetState told, absl::Duration rest) = 0;
};

}  // namespace firstmile::limits
