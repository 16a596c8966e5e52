#include "signing/upstream_clock.h"

#include <optional>

#include "text/http_date.h"

namespace firstmile::signing {

bool UpstreamClock::Learn(absl::string_view date, absl::Time sent_at, absl::Time received_at,
                          absl::Time signed_for) {
  const std::optional<absl::Time> shown_time = text::ParseHttpDate(date);
  if (!shown_time.has_value()) return false;
  const absl::Time shown = *shown_time;
  const absl::Duration way = received_at - sent_at;
  const absl::Duration offset = shown - (sent_at + way / 2);
  if (absl::AbsDuration(shown - signed_for) < kAgreement + way) return false;
  // Concurrent calls learn the same correction: the listener gets it once, and the other calls only sign
  // again.
  const std::int64_t fresh = absl::ToInt64Seconds(offset);
  std::int64_t known = correction_s_.load();
  if (absl::AbsDuration(absl::Seconds(fresh - known)) < kAgreement) return true;
  if (correction_s_.compare_exchange_strong(known, fresh) && on_correction_) {
    on_correction_(absl::Seconds(fresh));
  }
  return true;
}

}  // namespace firstmile::signing
