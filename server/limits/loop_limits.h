// The limits that belong to one event loop.
//
// Belongs to its loop's thread.
#pragma once

#include "limits/breaker.h"
#include "limits/limiter.h"
#include "limits/retry_budget.h"

namespace firstmile::limits {

struct LoopLimits {
  // `loop` and `fleet`, where there is one, outlive them.
  LoopLimits(const LimitsOptions& options, transport::EventLoop& loop, FleetBudget* fleet = nullptr)
      : limiter(options.limiter, loop, fleet), breaker(options.breaker), retries(options.retries) {}

  Limiter limiter;
  Breaker breaker;  // of the one upstream host
  RetryBudget retries;
};

}  // namespace firstmile::limits
