// Operations whose daily quota is spent: nobody calls them until it is given anew.
//
// Belongs to its loop's thread.
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
  // Both outlive the quotas.
  DailyQuotas(const QuotaOptions& options, const transport::Clock& clock)
      : options_(options), clock_(clock) {}

  // True when the operation was not parked before. The name outlives the quotas.
  bool Park(absl::string_view operation, absl::Time until);

  // DAILY_QUOTA, or nothing when a call may leave, be it as a probe.
  std::optional<Refusal> Refuse(absl::string_view operation);

  // The platform took a call that left then.
  void OnAccepted(absl::string_view operation, transport::MonotonicTime sent_at);

  std::size_t Count() const;

 private:
  struct Parked {
    absl::Time until;
    transport::MonotonicTime since;
    transport::MonotonicTime next_probe;
  };

  const QuotaOptions& options_;
  const transport::Clock& clock_;
  absl::flat_hash_map<absl::string_view, Parked> parked_;  // bounded by the endpoint table
};

}  // namespace firstmile::limits
