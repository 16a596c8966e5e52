// Why a call is not sent: what its caller is told.
//
// Plain data.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "errors/verdict.h"

namespace firstmile::limits {

// Reasons of this room, for ErrorInfo.
inline constexpr absl::string_view kRateLimited = "RATE_LIMITED";
inline constexpr absl::string_view kUpstreamSlow = "UPSTREAM_SLOW";
inline constexpr absl::string_view kDailyQuota = "DAILY_QUOTA";
inline constexpr absl::string_view kSidecarOverloaded = "SIDECAR_OVERLOADED";
inline constexpr absl::string_view kUpstreamCircuitOpen = "UPSTREAM_CIRCUIT_OPEN";
inline constexpr absl::string_view kStoppedWaiting = "CANCELLED";
inline constexpr absl::string_view kDeadlineExceeded = "DEADLINE_EXCEEDED";

struct Refusal {
  errors::Code code;
  absl::string_view reason;  // static
  std::string message;
  std::optional<absl::Duration> retry_after;  // when asking again makes sense
};

}  // namespace firstmile::limits
