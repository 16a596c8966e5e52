#include "tokens/refresh_policy.h"

#include <algorithm>

namespace firstmile::tokens {
namespace {

// More than the clocks of processes that share a store may differ.
constexpr absl::Duration kClockDifferenceMax = absl::Hours(1);

// Uniform in [0, 1), and equal for equal inputs in every process, unlike a hash table's hash. The steps are
// those of the SplitMix64 generator.
double Share(const TokenRecord& record) {
  auto bits = static_cast<std::uint64_t>(record.subject.id) * 2 +
              (record.subject.kind == SubjectKind::kMerchant ? 1 : 0) +
              static_cast<std::uint64_t>(record.generation) * 0x9e3779b97f4a7c15U;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
  bits ^= bits >> 31;
  return static_cast<double>(bits >> 11) / static_cast<double>(std::uint64_t{1} << 53);
}

absl::Time Between(absl::Time begin, absl::Time end, double from, double to, double share) {
  return begin + (end - begin) * (from + (to - from) * share);
}

}  // namespace

bool IsLive(const TokenRecord& record, absl::Time now, const RefreshPolicy& policy) {
  return !record.forgotten && !record.pair.access_token.empty() &&
         record.access_expires > now + policy.access_margin;
}

absl::Time AccessExpiry(std::optional<absl::Time> reported, absl::Time now, const RefreshPolicy& policy) {
  const bool usable = reported.has_value() && *reported > now + 2 * policy.access_margin;
  return usable ? *reported : now + policy.access_life;
}

absl::Time DueTime(const TokenRecord& record, bool in_use, const RefreshPolicy& policy) {
  if (record.authorization_required.has_value() || record.forgotten || !record.renewable)
    return absl::InfiniteFuture();
  const double share = Share(record);
  const absl::Time idle_end = std::min(record.refresh_expires, record.obtained + policy.refresh_life);
  const absl::Time idle = Between(record.obtained, idle_end, policy.idle_from, policy.idle_to, share);
  if (!in_use) return idle;
  const absl::Time end = std::min(record.access_expires, record.obtained + policy.access_life);
  return std::min(idle, Between(record.obtained, end, policy.ahead_from, policy.ahead_to, share));
}

bool IsDue(const TokenRecord& record, bool in_use, absl::Time now, const RefreshPolicy& policy) {
  const absl::Time due = DueTime(record, in_use, policy);
  const bool from_future = record.obtained > now + kClockDifferenceMax;
  return now >= due || (from_future && due != absl::InfiniteFuture());
}

absl::Duration BackoffAfter(int failures, const RefreshPolicy& policy) {
  absl::Duration wait = policy.backoff_initial;
  for (int i = 1; i < failures && wait < policy.backoff_max; ++i) wait *= 2;
  return std::min(wait, policy.backoff_max);
}

}  // namespace firstmile::tokens
