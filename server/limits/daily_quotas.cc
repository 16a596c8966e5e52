#include "limits/daily_quotas.h"

#include <algorithm>

namespace firstmile::limits {

void DailyQuotas::OnSpent(absl::string_view operation, absl::Time until) {
  const absl::Time now = clock_.Now();
  until = std::min(until, now + options_.rest_max);
  if (until <= now) return;
  const transport::MonotonicTime since = clock_.Monotonic();
  const auto next_probe = since + absl::ToChronoNanoseconds(options_.probe_interval);
  const auto [spent, news] = spent_.try_emplace(operation, Spent{until, since, next_probe});
  if (!news) spent->second.until = until;
}

std::optional<Refusal> DailyQuotas::RefusalNow(absl::string_view operation) const {
  const auto spent = spent_.find(operation);
  if (spent == spent_.end()) return std::nullopt;
  const absl::Time until = spent->second.until;
  const absl::Time now = clock_.Now();
  if (now >= until || clock_.Monotonic() >= spent->second.next_probe) return std::nullopt;
  return QuotaUsedUp(operation, until, until - now);
}

void DailyQuotas::OnSent(absl::string_view operation) {
  const auto spent = spent_.find(operation);
  if (spent == spent_.end()) return;
  if (clock_.Now() >= spent->second.until) {
    spent_.erase(spent);
  } else {
    spent->second.next_probe = clock_.Monotonic() + absl::ToChronoNanoseconds(options_.probe_interval);
  }
}

void DailyQuotas::OnAnswer(absl::string_view operation, transport::MonotonicTime sent_at) {
  const auto spent = spent_.find(operation);
  if (spent != spent_.end() && sent_at > spent->second.since) spent_.erase(spent);
}

std::size_t DailyQuotas::Count() const {
  const absl::Time now = clock_.Now();
  return static_cast<std::size_t>(std::count_if(
      spent_.begin(), spent_.end(), [now](const auto& entry) { return entry.second.until > now; }));
}

}  // namespace firstmile::limits
