#include "limits/answer_time.h"

namespace firstmile::limits {
namespace {

constexpr double kWeightOfNewest = 0.2;
constexpr double kTimesAsLong = 2;
constexpr absl::Duration kBeforeTheFirst = absl::Milliseconds(500);

}  // namespace

void AnswerTime::Add(absl::Duration took) {
  mean_ = mean_ == absl::ZeroDuration() ? took : mean_ + (took - mean_) * kWeightOfNewest;
}

bool AnswerTime::IsSilence(absl::Duration lasted) const {
  return lasted >= (mean_ == absl::ZeroDuration() ? kBeforeTheFirst : mean_ * kTimesAsLong);
}

}  // namespace firstmile::limits
