#include "errors/verdict.h"

#include "absl/strings/ascii.h"
#include "errors/failure_class.h"
#include "errors/vendor_codes.h"

namespace firstmile::errors {
namespace {

// The platform publishes no rate and sends no Retry-After.
constexpr absl::Duration kRateLimitPause = absl::Seconds(1);

constexpr int kQuotaUtcOffsetSeconds = 8 * 60 * 60;

absl::Duration UntilQuotaRenews(absl::Time now) {
  const absl::TimeZone zone = absl::FixedTimeZone(kQuotaUtcOffsetSeconds);
  return absl::FromCivil(absl::ToCivilDay(now, zone) + 1, zone) - now;
}

FailureClass ClassifyUnknownCode(int http_status) {
  if (http_status == 429) return FailureClass::kRateLimited;
  if (http_status >= 500) return FailureClass::kSystemError;
  return FailureClass::kUnknown;
}

FailureClass ClassifyWithoutEnvelope(int http_status) {
  if (http_status == 0) return FailureClass::kUnreachable;
  if (http_status == 429) return FailureClass::kRateLimited;
  if (http_status >= 500 || http_status == 408) return FailureClass::kSystemError;
  if (http_status == 401 || http_status == 403) return FailureClass::kAccessDenied;
  if (http_status == 404 || http_status == 405) return FailureClass::kEndpointMissing;
  if (http_status >= 300 && http_status < 400) return FailureClass::kEndpointMissing;
  if (http_status >= 400) return FailureClass::kUnknown;
  return FailureClass::kUnreadable;
}

FailureClass ClassOf(const UpstreamFailure& failure) {
  if (absl::StripAsciiWhitespace(failure.vendor_code).empty()) {
    return ClassifyWithoutEnvelope(failure.http_status);
  }
  return Classify(failure.vendor_code, failure.vendor_message)
      .value_or(ClassifyUnknownCode(failure.http_status));
}

std::optional<absl::Duration> PauseOf(FailureClass failure, absl::Time now) {
  if (failure == FailureClass::kRateLimited) return kRateLimitPause;
  if (failure == FailureClass::kDailyQuota) return UntilQuotaRenews(now);
  return std::nullopt;
}

}  // namespace

Verdict Judge(const UpstreamFailure& failure, absl::Time now) {
  const FailureClass kind = ClassOf(failure);
  const ClassTraits& traits = TraitsOf(kind);
  return Verdict{traits.code, traits.reason, traits.recovery, traits.remedy, PauseOf(kind, now)};
}

bool IsAllFailedBatch(absl::string_view vendor_code) {
  return Classify(vendor_code, "") == FailureClass::kBatchAllFailed;
}

}  // namespace firstmile::errors
