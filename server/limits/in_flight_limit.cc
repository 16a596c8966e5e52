#include "limits/in_flight_limit.h"

#include <algorithm>

namespace firstmile::limits {

void InFlightLimit::OnSilence(absl::Duration lasted, absl::Duration silent_after) {
  if (lasted >= silent_after && answers_.IsSilence(lasted)) limit_ = std::max(1, limit_ / 2);
}

void InFlightLimit::OnAnswer(absl::Duration took) {
  answers_.Add(took);
  limit_ = std::min(most_, limit_ + 1);
}

}  // namespace firstmile::limits
