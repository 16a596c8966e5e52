#include "limits/breaker.h"

#include <algorithm>

namespace firstmile::limits {

using transport::MonotonicTime;

std::optional<Refusal> Breaker::RefusalAt(MonotonicTime now) const {
  if (state_ == State::kClosed || (state_ == State::kOpen && now >= next_probe_)) return std::nullopt;
  if (state_ == State::kOpen)
    return CircuitOpen(failures_, absl::FromChrono(next_probe_ - now), options_.pause);
  // During a probe, the answer can arrive any moment: callers retry after the shortest pause.
  return CircuitOpen(failures_, std::nullopt, options_.pause);
}

Breaker::Call Breaker::OnSent(MonotonicTime now) {
  const bool probe = state_ == State::kOpen;
  if (probe) state_ = State::kProbing;
  return {probe, now};
}

void Breaker::OnEnd(const Call& call, End end, MonotonicTime now) {
  const absl::Duration lasted = absl::FromChrono(now - call.since);
  if (end == End::kTimedOut) end = answers_.IsSilence(lasted) ? End::kFailed : End::kInconclusive;
  if (end == End::kAnswered) {
    answers_.Add(lasted);
    state_ = State::kClosed;
    failures_ = 0;
  } else if (call.probe) {
    OnProbeEnd(end == End::kFailed, now);
  } else if (end == End::kFailed) {
    CountFailure(now);
  }
}

// After an inconclusive probe, the next call may probe at once.
void Breaker::OnProbeEnd(bool failed, MonotonicTime now) {
  if (state_ != State::kProbing) return;
  state_ = State::kOpen;
  if (!failed) return;
  pause_ = std::min(pause_ * 2, options_.pause_max);
  Open(now);
}

// Calls sent before the breaker opened can fail later; they carry no new information.
void Breaker::CountFailure(MonotonicTime now) {
  if (state_ != State::kClosed) return;
  if (failures_++ == 0) first_failure_ = now;
  if (failures_ < options_.failures || absl::FromChrono(now - first_failure_) < options_.failing_min) return;
  pause_ = options_.pause;
  Open(now);
}

void Breaker::Open(MonotonicTime now) {
  state_ = State::kOpen;
  const double share = absl::Uniform(random_, 1 - options_.jitter, 1 + options_.jitter);
  next_probe_ = now + absl::ToChronoNanoseconds(pause_ * share);
}

}  // namespace firstmile::limits
