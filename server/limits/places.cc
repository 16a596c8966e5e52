#include "limits/places.h"

#include <algorithm>

namespace firstmile::limits {
namespace {

// Share of the newest in a mean.
constexpr double kWeight = 0.2;

// So many times as long as an answer: no answer comes any more. Callers that leave a slow platform early say
// nothing about it.
constexpr double kLongerThanAnswers = 2;

void Follow(absl::Duration newest, absl::Duration* mean) {
  *mean = *mean == absl::ZeroDuration() ? newest : *mean + (newest - *mean) * kWeight;
}

}  // namespace

void Places::GiveBack(absl::Duration held) {
  --taken_;
  Follow(held, &held_);
}

void Places::OnSilence(absl::Duration lasted, absl::Duration silent_after) {
  if (lasted >= std::max(silent_after, answers_ * kLongerThanAnswers)) bound_ = std::max(1, bound_ / 2);
}

void Places::OnAnswer(absl::Duration took) {
  Follow(took, &answers_);
  bound_ = std::min(most_, bound_ + 1);
}

}  // namespace firstmile::limits
