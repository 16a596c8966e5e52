// Decides whether and when a call is sent to Shopee, for one event loop: circuit breaker, daily quotas,
// limiter and retry budget.
//
// Not thread-safe; use it only on its event loop.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "async/task.h"
#include "limits/breaker.h"
#include "limits/daily_quotas.h"
#include "limits/limiter.h"
#include "limits/limits_options.h"
#include "limits/retry_budget.h"
#include "subjects/subject.h"

namespace firstmile::limits {

// How an attempt ended, as far as limits are concerned.
enum class Outcome {
  kAnswered,     // by Shopee, business errors included
  kTrouble,      // Shopee reports an outage of its own
  kRateLimited,  // error_rate_limit
  kQuotaSpent,   // error_limit
  kNotPlatform,  // a proxy answered in Shopee's place
  kNoAnswer,     // connect failure or broken connection
  kTimedOut,
  kCallerLeft,
  kInconclusive,  // inconclusive: nothing was sent, or the answer was too large
};

class UpstreamLimits {
 public:
  // One attempt at Shopee. Ends before its limits, on their loop.
  class Permit {
   public:
    // Call it right before sending. It takes the probes of breaker and quota, which would be lost on a call
    // that waits or is refused elsewhere. Refuses as RefusalNow does; drop the permit then.
    std::optional<Refusal> Start();

    // Reports how the attempt ended, exactly once, after Start. `pause`: with kRateLimited, the pause that
    // Shopee asks for; with kQuotaSpent, the time until the quota resets.
    void End(Outcome outcome, absl::Duration pause = absl::ZeroDuration());

    transport::MonotonicTime sent_at() const { return unreported_.get_deleter().call.since; }

    // The end was reported; the call may still hold its connection.
    bool ended() const { return unreported_ == nullptr; }

   private:
    friend class UpstreamLimits;
    struct Abandon {
      Breaker::Call call;
      void operator()(UpstreamLimits* limits) const;
    };

    UpstreamLimits* limits_ = nullptr;
    subjects::Subject subject_;
    absl::string_view operation_;
    Limiter::Slot slot_;
    std::unique_ptr<UpstreamLimits, Abandon> unreported_;
  };

  struct Admission {
    std::optional<Refusal> refusal;  // empty: there is a permit
    Permit permit;
    absl::Duration waited;
  };

  // `loop` outlives the limits.
  UpstreamLimits(const LimitsOptions& options, transport::EventLoop& loop)
      : clock_(loop.clock()),
        breaker_(options.breaker),
        quotas_(options.quota, clock_),
        retries_(options.retries),
        limiter_(options.limiter, loop),
        file_limiter_(options.file_limiter, loop) {}

  // Returns what refuses all calls of the operation now: UPSTREAM_CIRCUIT_OPEN or DAILY_QUOTA. Check it
  // before a call waits for anything.
  std::optional<Refusal> RefusalNow(absl::string_view operation) const;

  // Waits until the call may be sent and has a connection; calls answered by a file have connections of their
  // own. Refuses as RefusalNow and Limiter::Admit do.
  async::Task<Admission> Admit(CallTicket ticket, std::stop_token stop);

  // Takes one retry token of the shop or merchant. Returns false when the balance is too low.
  bool TakeRetry(subjects::Subject subject) { return retries_.TakeRetry(subject); }

  Breaker::State breaker_state() const { return breaker_.state(); }
  std::size_t SpentQuotas() const { return quotas_.Count(); }
  Limiter::Snapshot Counts() const;  // files included

 private:
  void ReportToBreaker(const Breaker::Call& call, Outcome outcome);
  void OnQuotaSpent(absl::string_view operation, absl::Duration pause);
  void RefuseWaiting(absl::string_view operation);

  const transport::Clock& clock_;
  Breaker breaker_;
  DailyQuotas quotas_;
  RetryBudget retries_;
  Limiter limiter_;
  Limiter file_limiter_;  // slow file readers hold no connection from other calls
};

}  // namespace firstmile::limits
