#include "limits/daily_quotas.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace firstmile::limits {

bool DailyQuotas::Park(absl::string_view operation, absl::Time until) {
  const absl::Time now = clock_.Now();
  until = std::min(until, now + options_.park_max);
  if (until <= now) return false;
  const auto known = parked_.find(operation);
  if (known != parked_.end()) {
    known->second.until = until;
    return false;
  }
  const transport::MonotonicTime since = clock_.Monotonic();
  parked_[operation] = {until, since, since + absl::ToChronoNanoseconds(options_.probe_interval)};
  return true;
}

std::optional<Refusal> DailyQuotas::Refuse(absl::string_view operation) {
  const auto parked = parked_.find(operation);
  if (parked == parked_.end()) return std::nullopt;
  const absl::Time now = clock_.Now();
  if (now >= parked->second.until) {
    parked_.erase(parked);
    return std::nullopt;
  }
  const transport::MonotonicTime monotonic = clock_.Monotonic();
  if (monotonic >= parked->second.next_probe) {
    parked->second.next_probe = monotonic + absl::ToChronoNanoseconds(options_.probe_interval);
    return std::nullopt;
  }
  return Refusal{
      errors::Code::kResourceExhausted, kDailyQuota,
      absl::StrCat("the platform's daily quota of ", operation, " is spent until ",
                   absl::FormatTime("%H:%M UTC%Ez", parked->second.until, absl::FixedTimeZone(8 * 3600)),
                   "; the call was not sent"),
      parked->second.until - now};
}

void DailyQuotas::OnAccepted(absl::string_view operation, transport::MonotonicTime sent_at) {
  const auto parked = parked_.find(operation);
  if (parked != parked_.end() && sent_at > parked->second.since) parked_.erase(parked);
}

std::size_t DailyQuotas::Count() const {
  const absl::Time now = clock_.Now();
  return static_cast<std::size_t>(std::count_if(
      parked_.begin(), parked_.end(), [now](const auto& entry) { return entry.second.until > now; }));
}

}  // namespace firstmile::limits
