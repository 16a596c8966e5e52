// Why a call is not sent, as reported to its caller.
//
// Plain data.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "errors/error_class.h"
#include "subjects/subject.h"

namespace firstmile::limits {

using subjects::SubjectKind;

// This module's ErrorInfo reasons.
inline constexpr absl::string_view kRateLimited = "RATE_LIMITED";
inline constexpr absl::string_view kConcurrencyLimited = "CONCURRENCY_LIMITED";
inline constexpr absl::string_view kDailyQuota = "DAILY_QUOTA";
inline constexpr absl::string_view kSidecarOverloaded = "SIDECAR_OVERLOADED";
inline constexpr absl::string_view kUpstreamCircuitOpen = "UPSTREAM_CIRCUIT_OPEN";
inline constexpr absl::string_view kStoppedWaiting = "CANCELLED";
inline constexpr absl::string_view kDeadlineExceeded = "DEADLINE_EXCEEDED";

struct Refusal {
  errors::Code code;
  absl::string_view reason;  // static
  std::string message;
  std::optional<absl::Duration> retry_after;  // when to retry
};

// The breaker's and the quota's. `next_probe`: nothing while a probe is on its way; the RetryInfo is `pause`
// then.
Refusal CircuitOpen(int failures, std::optional<absl::Duration> next_probe, absl::Duration pause);
Refusal QuotaUsedUp(absl::string_view operation, absl::Time until, absl::Duration wait);

// The limiter's.
Refusal StoppedWaiting();
Refusal TimeIsUp();
Refusal TooManyWait(std::size_t waiting);
// `caller`: whose calls wait.
Refusal TooManyWaitForOperation(absl::string_view operation, SubjectKind caller, std::size_t waiting);
Refusal TooManyShops(std::size_t shops);
// `rate`: calls of the operation per second. `wait`: until this call could be sent.
Refusal RateRefusal(absl::string_view operation, SubjectKind caller, double rate, absl::Duration wait);
// `in_flight`: the caller's calls at Shopee. `duration`: how long they take.
Refusal SubjectRefusal(SubjectKind caller, int in_flight, absl::Duration duration, absl::Duration wait);
Refusal ConnectionsRefusal(std::size_t in_flight, absl::Duration duration, absl::Duration wait);

}  // namespace firstmile::limits
