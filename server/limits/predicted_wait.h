// Predicts how long a call with others ahead of it would wait.
//
// Pure functions; safe from any thread.
#pragma once

#include <cstddef>

#include "absl/time/time.h"
#include "limits/adaptive_rate.h"
#include "limits/in_flight_limit.h"

namespace firstmile::limits {

// Until the rate of its shop and operation allows it.
absl::Duration WaitForRate(const AdaptiveRate& rate, std::size_t ahead, transport::MonotonicTime now);

// Until enough of the shop's calls at Shopee end; zero when another may be sent now.
absl::Duration WaitForShop(const InFlightLimit& shop, std::size_t ahead);

}  // namespace firstmile::limits
