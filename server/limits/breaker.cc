#include "limits/breaker.h"

#include <algorithm>

namespace firstmile::limits {

Breaker::Attempt::~Attempt() {
  if (breaker_ != nullptr && probe_) breaker_->OnProbeAbandoned();
}

void Breaker::Attempt::Succeeded(transport::MonotonicTime now) {
  Breaker* breaker = std::exchange(breaker_, nullptr);
  if (breaker == nullptr) return;
  breaker->answers_.Note(absl::FromChrono(now - since_));
  breaker->Close();
}

void Breaker::Attempt::Failed(transport::MonotonicTime now) {
  Breaker* breaker = std::exchange(breaker_, nullptr);
  if (breaker == nullptr) return;
  if (probe_) {
    breaker->OnProbeFailed(now);
  } else {
    breaker->CountFailure(now);
  }
}

void Breaker::Attempt::TimedOut(transport::MonotonicTime now) {
  if (breaker_ == nullptr) return;
  if (breaker_->answers_.IsSilence(absl::FromChrono(now - since_))) Failed(now);
}

std::optional<Refusal> Breaker::RefusalAt(transport::MonotonicTime now) const {
  if (state_ == State::kClosed || (state_ == State::kOpen && now >= next_probe_)) return std::nullopt;
  // While a probe is out, its answer may come at any moment: callers come back after the shortest pause.
  const absl::Duration left =
      state_ == State::kProbing ? options_.pause : absl::FromChrono(next_probe_ - now);
  return Refusal{errors::Code::kUnavailable, kUpstreamCircuitOpen,
                 "the platform answers nobody; the call was not sent", left};
}

Breaker::Entry Breaker::Enter(transport::MonotonicTime now) {
  if (std::optional<Refusal> refusal = RefusalAt(now); refusal.has_value())
    return {std::move(refusal), Attempt()};
  const bool probe = state_ == State::kOpen;
  if (probe) state_ = State::kProbing;
  return {std::nullopt, Attempt(*this, probe, now)};
}

void Breaker::Close() {
  state_ = State::kClosed;
  failures_ = 0;
}

// Calls that left before it opened may fail later; they say nothing new.
void Breaker::CountFailure(transport::MonotonicTime now) {
  if (state_ != State::kClosed) return;
  if (failures_++ == 0) first_failure_ = now;
  if (failures_ < options_.failures || absl::FromChrono(now - first_failure_) < options_.failing_min) return;
  pause_ = options_.pause;
  Open(now);
}

void Breaker::OnProbeFailed(transport::MonotonicTime now) {
  if (state_ != State::kProbing) return;
  pause_ = std::min(pause_ * 2, options_.pause_max);
  Open(now);
}

// The next call may probe at once.
void Breaker::OnProbeAbandoned() {
  if (state_ == State::kProbing) state_ = State::kOpen;
}

void Breaker::Open(transport::MonotonicTime now) {
  state_ = State::kOpen;
  const double share = absl::Uniform(random_, 1 - options_.jitter, 1 + options_.jitter);
  next_probe_ = now + absl::ToChronoNanoseconds(pause_ * share);
}

}  // namespace firstmile::limits
