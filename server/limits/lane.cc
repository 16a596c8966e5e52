#include "limits/lane.h"

#include <algorithm>

namespace firstmile::limits {
namespace {

using transport::MonotonicTime;

MonotonicTime::duration Nanoseconds(double seconds) {
  return std::chrono::ceil<MonotonicTime::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

MonotonicTime Lane::NextAt(MonotonicTime now, const RateOptions& options) const {
  if (NeedsPermit(now)) return std::max(rest_until, share->ask_at());
  if (share != nullptr && share->Governs(now)) return std::max(rest_until, share->next_slot());
  const double rate = curve.Rate(now);
  const double burst = std::clamp(rate * absl::ToDoubleSeconds(options.burst), 1.0, options.burst_max);
  return std::max(rest_until, next_slot - Nanoseconds((burst - 1) / rate));
}

void Lane::OnSent(MonotonicTime now, bool pressed) {
  curve.OnSent(now, pressed);
  next_slot = std::max(next_slot, now) + Nanoseconds(1 / curve.Rate(now));
  last_used = now;
  if (share != nullptr && share->HasPermit(now)) share->Use();
}

// Calls rest until those of the last second would have taken as long at the new rate.
bool Lane::OnRefused(MonotonicTime sent_at, MonotonicTime now, absl::Duration asked_rest,
                     const RateOptions& options) {
  rest_until =
      std::max(rest_until, now + absl::ToChronoNanoseconds(std::min(asked_rest, options.retry_after_max)));
  last_used = now;
  if (curve.learned().has_value() && sent_at < curve.learned()->backed_off_at) return false;
  const int count = accepted.Count(now);
  curve.OnRefused(now, count);
  const MonotonicTime in_step = accepted.First(now) + Nanoseconds(count / curve.Rate(now));
  const MonotonicTime longest = now + absl::ToChronoNanoseconds(options.rest_max);
  rest_until = std::max(rest_until, std::min(in_step, longest));
  if (curve.falling()) rest_until = std::max(rest_until, now + absl::ToChronoNanoseconds(options.fall_rest));
  return true;
}

}  // namespace firstmile::limits
