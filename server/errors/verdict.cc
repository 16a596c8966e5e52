#include "errors/verdict.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "errors/vendor_codes.h"

namespace firstmile::errors {
namespace {

constexpr int kQuotaUtcOffsetSeconds = 8 * 60 * 60;

absl::Duration UntilQuotaRenews(absl::Time now) {
  const absl::TimeZone zone = absl::FixedTimeZone(kQuotaUtcOffsetSeconds);
  return absl::FromCivil(absl::ToCivilDay(now, zone) + 1, zone) - now;
}

std::optional<absl::Duration> PauseOf(const Meaning& meaning, absl::Time now) {
  if (meaning.until_quota_renews) return UntilQuotaRenews(now);
  if (meaning.pause > absl::ZeroDuration()) return meaning.pause;
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
    if (row != nullptr) return {*row, row->meaning->reason != kUnknownReason};
  }
  const ErrorRow& row = page.FindByStatus(http_status, with_code);
  return {row, !with_code && row.meaning->reason != kUnknownReason};
}

Verdict VerdictOf(const Decision& decision, absl::Time now) {
  const Meaning& meaning = *decision.row.meaning;
  return Verdict{.code = meaning.code,
                 .reason = meaning.reason,
                 .recovery = meaning.recovery,
                 .remedy = decision.row.remedy,
                 .retry_after = PauseOf(meaning, now),
                 .known = decision.known};
}

}  // namespace

Verdict Judge(const UpstreamFailure& failure, absl::Time now) {
  Verdict verdict = VerdictOf(Decide(failure.vendor_code, failure.vendor_message, failure.http_status), now);
  // Of an error that trying again does not mend, the wish to wait says nothing.
  const bool passes = verdict.code == Code::kResourceExhausted || verdict.code == Code::kUnavailable;
  if (passes && failure.retry_after.has_value()) {
    verdict.retry_after = std::max(verdict.retry_after.value_or(absl::ZeroDuration()), *failure.retry_after);
  }
  return verdict;
}

Explanation Explain(absl::string_view vendor_code, absl::string_view vendor_message, int http_status,
                    absl::Time now) {
  const Decision decision = Decide(vendor_code, vendor_message, http_status);
  return Explanation{.verdict = VerdictOf(decision, now),
                     .row_code = decision.row.code,
                     .row_text = decision.row.text,
                     .row_http_status = decision.row.http_status,
                     .section = decision.row.section};
}

bool IsAllFailedBatch(absl::string_view vendor_code) {
  if (vendor_code.empty()) return false;  // every success asks
  const ErrorRow* row = VendorCodes().Find(vendor_code, "");
  return row != nullptr && row->meaning->reason == kAllFailedReason;
}

}  // namespace firstmile::errors
