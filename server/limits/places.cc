#include "limits/places.h"

#include <algorithm>

namespace firstmile::limits {

void Places::GiveBack(absl::Duration held) {
  --taken_;
  held_.Note(held);
}

void Places::OnSilence(absl::Duration lasted, absl::Duration silent_after) {
  if (lasted >= silent_after && answers_.IsSilence(lasted)) bound_ = std::max(1, bound_ / 2);
}

void Places::OnAnswer(absl::Duration took) {
  answers_.Note(took);
  bound_ = std::min(most_, bound_ + 1);
}

}  // namespace firstmile::limits
