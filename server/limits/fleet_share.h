// The permits of a fleet that one lane holds.
//
// Not thread-safe; holds no clock.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "limits/fleet_budget.h"
#include "transport/clock.h"

namespace firstmile::limits {

class FleetShare {
 public:
  // Keeps a grant that came for a rate.
  void Keep(const FleetGrant& grant, double rate, transport::MonotonicTime now);
  // The fleet does not answer.
  void GoAlone(transport::MonotonicTime until) { alone_until_ = until; }

  // False while the lane goes alone.
  bool Governs(transport::MonotonicTime now) const { return now >= alone_until_; }

  // A permit is there, be it for a little later. Those that nobody used in time are void.
  bool HasPermit(transport::MonotonicTime now) const;
  transport::MonotonicTime next_slot() const { return next_slot_; }
  void Use();
  void DropPermits() { permits_ = 0; }
  transport::MonotonicTime ask_at() const { return ask_at_; }  // not before

  bool busy() const { return asking || telling; }

  std::uint64_t version = 0;  // of the fleet's back-off that the curve follows
  bool asking = false;
  bool telling = false;

 private:
  int permits_ = 0;
  transport::MonotonicTime next_slot_;             // when the first of them may be used
  transport::MonotonicTime::duration distance_{};  // between two of them
  transport::MonotonicTime ask_at_;
  transport::MonotonicTime alone_until_;
};

}  // namespace firstmile::limits
