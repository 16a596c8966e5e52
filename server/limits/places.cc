#include "limits/places.h"

namespace firstmile::limits {
namespace {

// Share of the newest in the mean of how long a place is held.
constexpr double kHeldWeight = 0.2;

}  // namespace

void Places::GiveBack(absl::Duration held) {
  --taken_;
  held_ = held_ == absl::ZeroDuration() ? held : held_ + (held - held_) * kHeldWeight;
}

}  // namespace firstmile::limits
