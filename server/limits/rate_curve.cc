#include "limits/rate_curve.h"

#include <algorithm>
#include <cmath>

namespace firstmile::limits {
namespace {

using transport::MonotonicTime;

double Seconds(MonotonicTime from, MonotonicTime to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

double RateAfter(const BackOff& back_off, MonotonicTime now, const RateOptions& options) {
  const double approach_s = absl::ToDoubleSeconds(back_off.approach);
  const double beyond_s = Seconds(back_off.backed_off_at, now) - approach_s;
  const double scale_s =
      beyond_s < 0 ? approach_s : std::min(approach_s, absl::ToDoubleSeconds(options.probe));
  const double x = beyond_s / scale_s;
  const double rate = back_off.ceiling * (1 + (1 - options.back_off_to) * x * x * x);
  return std::clamp(rate, options.min_rate, options.max_rate);
}

double RateCurve::Rate(MonotonicTime now) const {
  return learned_.has_value() ? RateAfter(*learned_, now, options_) : unlearned_rate_;
}

void RateCurve::OnSent(MonotonicTime now, bool pressed) {
  const bool was_pressed = pressed_since_.has_value();
  if (was_pressed && !learned_.has_value()) {
    const double pressed_s = std::min(Seconds(last_sent_, now), 1.0);
    unlearned_rate_ = std::min(unlearned_rate_ * std::exp2(pressed_s), options_.max_rate);
  }
  if (!was_pressed && learned_.has_value()) {
    const MonotonicTime top = learned_->backed_off_at + absl::ToChronoNanoseconds(learned_->approach);
    if (now > top) learned_->backed_off_at += now - std::max(top, std::min(last_sent_, now));
  }
  if (!pressed) {
    pressed_since_.reset();
  } else if (!was_pressed) {
    pressed_since_ = now;
  }
  last_sent_ = now;
}

void RateCurve::OnRefused(MonotonicTime now, int accepted) {
  learned_ = learned_.has_value() ? NextBackOff(now, accepted) : FirstBackOff(now, accepted);
}

// Calls that began to press a moment ago may have met a bound on calls in a second: its count is what was
// accepted. After a second of pressing, the rate itself is the measure; it has doubled within that second, so
// that it may be well above the count.
BackOff RateCurve::FirstBackOff(MonotonicTime now, int accepted) const {
  const bool pressed_long = pressed_since_.has_value() && Seconds(*pressed_since_, now) >= 1;
  const double rate = std::min(unlearned_rate_ * accepted / (accepted + 1), accepted * 1.5);
  const double ceiling = std::clamp(pressed_long ? rate : accepted, 1.0, std::max(unlearned_rate_, 1.0));
  return {ceiling, now, std::min(options_.approach_first, LongestApproach(ceiling))};
}

BackOff RateCurve::NextBackOff(MonotonicTime now, int accepted) {
  const absl::Duration since = absl::FromChrono(now - learned_->backed_off_at);
  const double rate = UsedRate(now, accepted);
  const bool soon = since < std::min(options_.soon, learned_->approach * options_.soon_share);
  double ceiling = rate;
  absl::Duration approach = learned_->approach * 2;
  if (soon) {
    ceiling = rate * (falling_ ? options_.fall_to : options_.soon_to);
    approach = falling_ ? options_.approach_first : learned_->approach;
  }
  falling_ = soon;
  ceiling = std::max(ceiling, options_.min_rate);
  return {ceiling, now, std::min(approach, LongestApproach(ceiling))};
}

// What was refused is what was used. Without waiting calls that is less than the rate; with them it is the
// rate, unless calls waited for something else most of the time.
double RateCurve::UsedRate(MonotonicTime now, int accepted) const {
  const double rate = RateAfter(*learned_, now, options_);
  return std::min<double>(rate, pressed_since_.has_value() ? 2 * accepted + 2 : accepted + 1);
}

absl::Duration RateCurve::LongestApproach(double ceiling) const {
  return std::clamp(absl::Seconds(options_.approach_calls / ceiling), options_.approach_min,
                    options_.approach_max);
}

}  // namespace firstmile::limits
