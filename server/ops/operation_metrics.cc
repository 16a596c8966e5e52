#include "ops/operation_metrics.h"

#include "absl/status/status.h"

namespace firstmile::ops {
namespace {

absl::string_view NameOf(AttemptOutcome outcome) {
  switch (outcome) {
    case AttemptOutcome::kAnswered:
      return "answered";
    case AttemptOutcome::kRefused:
      return "refused";
    case AttemptOutcome::kRateLimited:
      return "rate_limited";
    case AttemptOutcome::kDailyQuota:
      return "daily_quota";
    case AttemptOutcome::kUnavailable:
      return "unavailable";
    case AttemptOutcome::kUnreachable:
      return "unreachable";
    case AttemptOutcome::kNoAnswer:
      return "no_answer";
    case AttemptOutcome::kTimedOut:
      return "timed_out";
    case AttemptOutcome::kUnreadable:
      return "unreadable";
    case AttemptOutcome::kTooLarge:
      return "too_large";
    case AttemptOutcome::kStopped:
      return "stopped";
    case AttemptOutcome::kOverloaded:
      return "overloaded";
    case AttemptOutcome::kLocalFault:
      return "local_fault";
  }
  return "unreadable";
}

absl::string_view NameOf(ReadBackOutcome outcome) {
  switch (outcome) {
    case ReadBackOutcome::kApplied:
      return "applied";
    case ReadBackOutcome::kNotApplied:
      return "not_applied";
    case ReadBackOutcome::kUnknown:
      return "unknown";
  }
  return "unknown";
}

// A number that is no code of gRPC reads as UNKNOWN, as gRPC's clients read it.
int KnownCode(int code) {
  return code >= 0 && code <= static_cast<int>(absl::StatusCode::kUnauthenticated)
             ? code
             : static_cast<int>(absl::StatusCode::kUnknown);
}

}  // namespace

prometheus::Labels OperationMetrics::With(const char* label, absl::string_view value) const {
  prometheus::Labels labels = labels_;
  labels.emplace(label, value);
  return labels;
}

prometheus::Labels OperationMetrics::WithCode(int code, absl::string_view reason) const {
  prometheus::Labels labels = With("code", absl::StatusCodeToString(static_cast<absl::StatusCode>(code)));
  labels.emplace("reason", reason);
  return labels;
}

prometheus::Counter& OperationMetrics::Calls(int code, absl::string_view reason) {
  if (code != 0) return Failures(KnownCode(code), reason);
  return successes_.InWith(families_.calls, [this] { return WithCode(0, ""); });
}

prometheus::Counter& OperationMetrics::Failures(int code, absl::string_view reason) {
  const std::lock_guard lock(mutex_);
  std::pair<int, std::string> key(code, reason);
  const auto known = failures_.find(key);
  if (known != failures_.end()) return *known->second;
  const bool full = failures_.size() >= Metrics::kOutcomesPerOperationMax;
  if (full) key.second = std::string(Metrics::kOther);
  prometheus::Counter& counter = families_.calls.Add(WithCode(code, key.second));
  failures_.emplace(std::move(key), &counter);
  return counter;
}

prometheus::Histogram& OperationMetrics::CallDuration() {
  return call_duration_.In(families_.call_duration, labels_, kSecondsBuckets);
}

prometheus::Histogram& OperationMetrics::CallAttempts() {
  return call_attempts_.In(families_.call_attempts, labels_, kAttemptsBuckets);
}

prometheus::Counter& OperationMetrics::UpstreamAttempts(AttemptOutcome outcome) {
  return upstream_attempts_[static_cast<std::size_t>(outcome)].InWith(
      families_.upstream_attempts, [&] { return With("outcome", NameOf(outcome)); });
}

prometheus::Histogram& OperationMetrics::UpstreamDuration() {
  return upstream_duration_.In(families_.upstream_duration, labels_, kSecondsBuckets);
}

prometheus::Histogram& OperationMetrics::QueueWait() {
  return queue_wait_.In(families_.queue_wait, labels_, kSecondsBuckets);
}

prometheus::Counter& OperationMetrics::ReadBacks(ReadBackOutcome outcome) {
  return read_backs_[static_cast<std::size_t>(outcome)].InWith(
      families_.read_backs, [&] { return With("outcome", NameOf(outcome)); });
}

prometheus::Counter& OperationMetrics::RateLimited() {
  return rate_limited_.In(families_.rate_limited, labels_);
}

prometheus::Counter& OperationMetrics::UnknownFields() {
  return unknown_fields_.In(families_.unknown_fields, labels_);
}

prometheus::Counter& OperationMetrics::UnknownEnumValues() {
  return unknown_enum_values_.In(families_.unknown_enum_values, labels_);
}

prometheus::Counter& OperationMetrics::UnknownCodes() {
  return unknown_codes_.In(families_.unknown_codes, labels_);
}

}  // namespace firstmile::ops
