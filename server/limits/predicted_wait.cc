#include "limits/predicted_wait.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace firstmile::limits {

absl::Duration WaitForRate(const AdaptiveRate& rate, std::size_t ahead, transport::MonotonicTime now) {
  const auto calls = static_cast<double>(ahead);
  const double per_second = rate.per_second();
  // A rate that was never refused doubles with each second of contention.
  const bool doubles = !rate.backed_off_at().has_value();
  const double wait_s = doubles ? std::log2(1 + calls * std::numbers::ln2 / per_second) : calls / per_second;
  return absl::Seconds(wait_s) + std::max(absl::ZeroDuration(), absl::FromChrono(rate.NextAt() - now));
}

absl::Duration WaitForShop(const InFlightLimit& shop, std::size_t ahead) {
  if (shop.free()) return absl::ZeroDuration();
  return shop.duration() * (static_cast<double>(ahead + 1) / shop.limit());
}

}  // namespace firstmile::limits
