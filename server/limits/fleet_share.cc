#include "limits/fleet_share.h"

#include "absl/time/time.h"

namespace firstmile::limits {
namespace {

// How long after its time a permit can be used: as long as timers and turns may be late.
constexpr std::chrono::milliseconds kPermitLife{200};

}  // namespace

void FleetShare::Keep(const FleetGrant& grant, double rate, transport::MonotonicTime now) {
  permits_ = grant.permits;
  next_slot_ = now + absl::ToChronoNanoseconds(grant.first_in);
  distance_ = absl::ToChronoNanoseconds(absl::Seconds(1 / rate));
  ask_at_ = grant.permits > 0 ? now : now + absl::ToChronoNanoseconds(grant.ask_again_in);
}

bool FleetShare::HasPermit(transport::MonotonicTime now) const {
  return permits_ > 0 && now <= next_slot_ + distance_ * (permits_ - 1) + kPermitLife;
}

void FleetShare::Use() {
  --permits_;
  next_slot_ += distance_;
}

}  // namespace firstmile::limits
