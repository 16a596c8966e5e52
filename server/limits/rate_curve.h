// The learned rate of one shop and operation, as a function of time.
//
// Unlearned, it doubles with each second in which calls wait for it. A refusal teaches a ceiling: the rate
// falls below it, comes back quickly at first and slowly near it, rests there, and then probes beyond, faster
// and faster (the cubic curve of TCP CUBIC). Not thread-safe; holds no clock.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "limits/limits_options.h"
#include "transport/clock.h"

namespace firstmile::limits {

// What a back-off left behind.
struct BackOff {
  double ceiling = 0;  // the rate that was refused, or what was measured of it
  transport::MonotonicTime backed_off_at;
  absl::Duration approach;  // from then until the ceiling is reached again
};

// Calls per second.
double RateAfter(const BackOff& back_off, transport::MonotonicTime now, const RateOptions& options);

class RateCurve {
 public:
  // `options` outlive the curve.
  explicit RateCurve(const RateOptions& options) : options_(options), unlearned_rate_(options.initial_rate) {}

  double Rate(transport::MonotonicTime now) const;

  // A call left. `pressed`: others still wait for the rate. Time in which nobody presses teaches nothing: the
  // rate does not go beyond a ceiling in it.
  void OnSent(transport::MonotonicTime now, bool pressed);

  // The platform refused a call. `accepted`: how many it accepted in the last second.
  void OnRefused(transport::MonotonicTime now, int accepted);

  // Takes over what another process has learned.
  void Adopt(const BackOff& learned) { learned_ = learned; }

  const std::optional<BackOff>& learned() const { return learned_; }
  // The last refusal came soon after the one before: the limit is well below the rate.
  bool falling() const { return falling_; }

 private:
  BackOff FirstBackOff(transport::MonotonicTime now, int accepted) const;
  BackOff NextBackOff(transport::MonotonicTime now, int accepted);
  double UsedRate(transport::MonotonicTime now, int accepted) const;
  absl::Duration LongestApproach(double ceiling) const;

  const RateOptions& options_;
  double unlearned_rate_;
  std::optional<transport::MonotonicTime> pressed_since_;
  transport::MonotonicTime last_sent_;
  std::optional<BackOff> learned_;
  bool falling_ = false;
};

}  // namespace firstmile::limits
