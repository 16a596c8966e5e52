#include "errors/error_class.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "errors/vendor_codes.h"

namespace firstmile::errors {
namespace {

constexpr int kQuotaUtcOffsetSeconds = 8 * 60 * 60;

absl::Duration UntilQuotaRenews(absl::Time now) {
  const absl::TimeZone zone = absl::FixedTimeZone(kQuotaUtcOffsetSeconds);
  return absl::FromCivil(absl::ToCivilDay(now, zone) + 1, zone) - now;
}

std::optional<absl::Duration> PauseOf(const Reason& reason, absl::Time now) {
  if (reason.retry_hint == RetryHint::kUntilQuotaRenews) return UntilQuotaRenews(now);
  if (reason.retry_hint == RetryHint::kAlways) return reason.pause;
  return std::nullopt;
}

struct Decision {
  const ErrorRow& row;
  bool known;
};

Decision Decide(absl::string_view vendor_code, absl::string_view vendor_message, int http_status) {
  const ErrorPage& page = VendorCodes();
  const bool with_code = !absl::StripAsciiWhitespace(vendor_code).empty();
  if (with_code) {
    const ErrorRow* row = page.Find(vendor_code, vendor_message);
    if (row != nullptr) return {*row, row->reason->name != kUnknownReason};
  }
  const ErrorRow& row = page.FindByStatus(http_status, with_code);
  return {row, !with_code && row.reason->name != kUnknownReason};
}

ErrorClass ErrorClassOf(const Decision& decision, absl::Time now) {
  const Reason& reason = *decision.row.reason;
  return ErrorClass{.code = reason.code,
                    .reason = reason.name,
                    .retry_class = reason.retry_class,
                    .remedy = decision.row.remedy,
                    .retry_after = PauseOf(reason, now),
                    .known = decision.known};
}

}  // namespace

ErrorClass ClassifyError(const UpstreamFailure& failure, absl::Time now) {
  ErrorClass error_class =
      ErrorClassOf(Decide(failure.vendor_code, failure.vendor_message, failure.http_status), now);
  // Where waiting does not help, Shopee's wish to wait says nothing.
  if (error_class.retry_after.has_value() && failure.retry_after.has_value()) {
    error_class.retry_after = std::max(*error_class.retry_after, *failure.retry_after);
  }
  return error_class;
}

Explanation Explain(absl::string_view vendor_code, absl::string_view vendor_message, int http_status,
                    absl::Time now) {
  const Decision decision = Decide(vendor_code, vendor_message, http_status);
  return Explanation{.error_class = ErrorClassOf(decision, now),
                     .row_code = decision.row.code,
                     .row_text = decision.row.text,
                     .row_http_status = decision.row.http_status,
                     .section = decision.row.section};
}

bool IsAllFailedBatch(absl::string_view vendor_code) {
  if (vendor_code.empty()) return false;  // every success asks
  const ErrorRow* row = VendorCodes().Find(vendor_code, "");
  return row != nullptr && row->reason->name == kAllFailedReason;
}

bool IsUnderWay(absl::string_view vendor_code) {
  const absl::string_view code = WithoutModule(absl::StripAsciiWhitespace(vendor_code));
  return absl::EqualsIgnoreCase(code, "error_timeout") ||
         absl::EqualsIgnoreCase(code, "order_split_get_package_info_failed");
}

}  // namespace firstmile::errors
