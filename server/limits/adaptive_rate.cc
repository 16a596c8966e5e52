#include "limits/adaptive_rate.h"

#include <algorithm>
#include <cmath>

namespace firstmile::limits {
namespace {

using transport::MonotonicTime;

// The growth of the rate above the ceiling: so many extra steps for each step already above it.
constexpr double kStepsPerStepBeyond = 3;

MonotonicTime::duration Nanoseconds(double seconds) {
  return std::chrono::ceil<MonotonicTime::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

MonotonicTime AdaptiveRate::NextAt() const {
  const double burst = std::clamp(rate_ * absl::ToDoubleSeconds(options_.burst), 1.0, options_.burst_max);
  return std::max(rest_until_, next_slot_ - Nanoseconds((burst - 1) / rate_));
}

void AdaptiveRate::OnSent(MonotonicTime now, bool contended) {
  if (contended_) Grow(std::chrono::duration<double>(now - grown_at_).count());
  contended_ = contended;
  grown_at_ = now;
  next_slot_ = std::max(next_slot_, now) + Nanoseconds(1 / rate_);
}

// Before the first refusal, the rate doubles every second. Later it returns to its ceiling within
// options_.climb, in equal steps, and grows beyond it in larger ones: a raised limit is found in a minute or
// two.
void AdaptiveRate::Grow(double seconds) {
  if (!backed_off_at_.has_value()) {
    rate_ *= std::exp2(std::min(seconds, 1.0));
  } else {
    const double step = ceiling_ * (1 - options_.back_off_to);
    const double steps_beyond = std::max(0.0, rate_ - ceiling_) / step;
    const double steps = seconds / absl::ToDoubleSeconds(options_.climb);
    rate_ += step * std::min(steps, 1.0) * (1 + kStepsPerStepBeyond * steps_beyond);
  }
  rate_ = std::min(rate_, options_.max_rate);
}

// The calls accepted within the last second are the best estimate of the limit. Sending pauses until that
// many calls would have taken as long at the new rate.
bool AdaptiveRate::OnRefused(MonotonicTime sent_at, MonotonicTime now, absl::Duration retry_after) {
  const absl::Duration asked = std::clamp(retry_after, absl::ZeroDuration(), options_.retry_after_max);
  rest_until_ = std::max(rest_until_, now + absl::ToChronoNanoseconds(asked));
  if (backed_off_at_.has_value() && sent_at < *backed_off_at_) return false;
  const int accepted = accepted_.Count(now);
  ceiling_ = std::max(options_.min_rate, std::min<double>(rate_, accepted + 1));
  rate_ = std::max(options_.min_rate, ceiling_ * options_.back_off_to);
  backed_off_at_ = now;
  const MonotonicTime in_step = accepted_.First(now) + Nanoseconds(accepted / rate_);
  const MonotonicTime longest = now + absl::ToChronoNanoseconds(options_.rest_max);
  rest_until_ = std::max(rest_until_, std::min(in_step, longest));
  return true;
}

}  // namespace firstmile::limits
