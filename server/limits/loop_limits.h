// The limits that belong to one event loop.
//
// Belongs to its loop's thread.
#pragma once

#include "limits/breaker.h"
#include "limits/limiter.h"
#include "limits/retry_budget.h"

namespace firstmile::limits {

struct LoopLimits {
  // `loop` outlives them.
  LoopLimits(const LimitsOptions& options, transport::EventLoop& loop)
      : limiter(options.limiter, loop), breaker(options.breaker), retries(options.retries) {}

  Limiter limiter;
  Breaker breaker;  // of the one upstream host
  RetryBudget retries;
};

}  // namespace firstmile::limits
