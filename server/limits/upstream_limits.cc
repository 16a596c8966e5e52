#include "limits/upstream_limits.h"

namespace firstmile::limits {
namespace {

Breaker::End EndFor(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAnswered:
    case Outcome::kTrouble:
    case Outcome::kRateLimited:
    case Outcome::kQuotaSpent:
      return Breaker::End::kAnswered;
    case Outcome::kNotPlatform:
    case Outcome::kNoAnswer:
      return Breaker::End::kFailed;
    case Outcome::kTimedOut:
      return Breaker::End::kTimedOut;
    case Outcome::kCallerLeft:
    case Outcome::kInconclusive:
      return Breaker::End::kInconclusive;
  }
  return Breaker::End::kInconclusive;
}

}  // namespace

std::optional<Refusal> UpstreamLimits::RefusalNow(absl::string_view operation) const {
  std::optional<Refusal> refusal = breaker_.RefusalAt(clock_.Monotonic());
  if (!refusal.has_value()) refusal = quotas_.RefusalNow(operation);
  return refusal;
}

async::Task<UpstreamLimits::Admission> UpstreamLimits::Admit(CallTicket ticket, std::stop_token stop) {
  std::optional<Refusal> refusal = RefusalNow(ticket.operation);
  if (refusal.has_value()) co_return Admission{std::move(refusal), {}, {}};
  Limiter& limiter = ticket.file ? file_limiter_ : limiter_;
  Limiter::Admission admitted = co_await limiter.Admit(ticket, std::move(stop));
  Admission admission{std::move(admitted.refusal), {}, admitted.waited};
  admission.permit.limits_ = this;
  admission.permit.subject_ = ticket.subject;
  admission.permit.operation_ = ticket.operation;
  admission.permit.slot_ = std::move(admitted.slot);
  co_return admission;
}

std::optional<Refusal> UpstreamLimits::Permit::Start() {
  std::optional<Refusal> refusal = limits_->RefusalNow(operation_);
  if (refusal.has_value()) return refusal;
  limits_->quotas_.OnSent(operation_);
  const Breaker::Call call = limits_->breaker_.OnSent(limits_->clock_.Monotonic());
  slot_->OnSent(slot_);
  unreported_ = {limits_, Abandon{call}};
  limits_->RefuseWaiting(operation_);  // in case this was a probe
  return std::nullopt;
}

void UpstreamLimits::Permit::Abandon::operator()(UpstreamLimits* limits) const {
  limits->ReportToBreaker(call, Outcome::kInconclusive);
}

void UpstreamLimits::Permit::End(Outcome outcome, absl::Duration pause) {
  const Breaker::Call call = unreported_.get_deleter().call;
  UpstreamLimits& limits = *unreported_.release();
  limits.ReportToBreaker(call, outcome);
  switch (outcome) {
    case Outcome::kAnswered:
      limits.retries_.OnAnswer(subject_);
      limits.quotas_.OnAnswer(operation_, call.since);
      return slot_->OnAnswer(slot_);
    case Outcome::kTrouble:
      return slot_->OnAnswer(slot_);
    case Outcome::kRateLimited:
      return slot_->OnRateLimited(slot_, pause);
    case Outcome::kQuotaSpent:
      slot_->OnAnswer(slot_);
      return limits.OnQuotaSpent(operation_, pause);
    case Outcome::kNoAnswer:
    case Outcome::kTimedOut:
    case Outcome::kCallerLeft:
      return slot_->OnNoAnswer(slot_);
    case Outcome::kNotPlatform:
    case Outcome::kInconclusive:
      return;
  }
}

Limiter::Snapshot UpstreamLimits::Counts() const {
  const Limiter::Snapshot calls = limiter_.Counts();
  const Limiter::Snapshot files = file_limiter_.Counts();
  return {.queued = calls.queued + files.queued,
          .in_flight = calls.in_flight + files.in_flight,
          .throttled = calls.throttled + files.throttled,
          .operations = calls.operations + files.operations,
          .back_offs = calls.back_offs + files.back_offs};
}

void UpstreamLimits::OnQuotaSpent(absl::string_view operation, absl::Duration pause) {
  quotas_.OnSpent(operation, clock_.Now() + pause);
  RefuseWaiting(operation);
}

void UpstreamLimits::ReportToBreaker(const Breaker::Call& call, Outcome outcome) {
  const bool was_closed = breaker_.state() == Breaker::State::kClosed;
  breaker_.OnEnd(call, EndFor(outcome), clock_.Monotonic());
  if (was_closed && breaker_.state() != Breaker::State::kClosed) RefuseWaiting("");
}

// Refuses waiting calls at once.
void UpstreamLimits::RefuseWaiting(absl::string_view operation) {
  const std::optional<Refusal> of_host = breaker_.RefusalAt(clock_.Monotonic());
  const std::optional<Refusal> refusal = of_host.has_value() ? of_host : quotas_.RefusalNow(operation);
  if (!refusal.has_value()) return;
  const absl::string_view whose = of_host.has_value() ? "" : operation;
  limiter_.RefuseWaiting(whose, *refusal);
  file_limiter_.RefuseWaiting(whose, *refusal);
}

}  // namespace firstmile::limits
