// Operations whose daily quota is used up. Their calls are refused until the quota resets, except for
// occasional probes, since Shopee may have raised the quota.
//
// Not thread-safe; use it only on its event loop.
#pragma once

#include <cstddef>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "limits/limits_options.h"
#include "limits/refusal.h"
#include "transport/clock.h"

namespace firstmile::limits {

class DailyQuotas {
 public:
  // `clock` outlives the quotas.
  DailyQuotas(const QuotaOptions& options, const transport::Clock& clock)
      : options_(options), clock_(clock) {}

  // error_limit: the quota is used up until `until`. The name outlives the quotas.
  void OnSpent(absl::string_view operation, absl::Time until);

  // Returns DAILY_QUOTA, or nothing when a call may be sent, possibly as a probe.
  std::optional<Refusal> RefusalNow(absl::string_view operation) const;

  // Records a sent call.
  void OnSent(absl::string_view operation);

  // Records that Shopee accepted a call sent at `sent_at`.
  void OnAnswer(absl::string_view operation, transport::MonotonicTime sent_at);

  // Operations whose quota is used up.
  std::size_t Count() const;

 private:
  struct Spent {
    absl::Time until;
    transport::MonotonicTime since;
    transport::MonotonicTime next_probe;
  };

  const QuotaOptions options_;
  const transport::Clock& clock_;
  absl::flat_hash_map<absl::string_view, Spent> spent_;  // bounded by the endpoint table
};

}  // namespace firstmile::limits
