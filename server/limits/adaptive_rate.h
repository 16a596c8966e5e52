// The call rate of one shop and operation: additive increase, multiplicative decrease, and the resulting
// spacing of calls.
//
// Not thread-safe; the caller passes the time.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "limits/limits_options.h"
#include "limits/recent_count.h"
#include "transport/clock.h"

namespace firstmile::limits {

class AdaptiveRate {
 public:
  // `options` outlive the rate.
  explicit AdaptiveRate(const RateOptions& options) : options_(options), rate_(options.initial_rate) {}

  double per_second() const { return rate_; }
  // When Shopee last refused a call; empty before the first refusal.
  const std::optional<transport::MonotonicTime>& backed_off_at() const { return backed_off_at_; }
  // After a refusal, no call is sent before this time.
  transport::MonotonicTime rest_until() const { return rest_until_; }

  // When the next call may be sent; in the past when it may be sent now.
  transport::MonotonicTime NextAt() const;

  // Records a sent call. `contended`: other calls wait, and only for the rate. Only then does the rate grow.
  void OnSent(transport::MonotonicTime now, bool contended);
  void OnAccepted(transport::MonotonicTime now) { accepted_.Add(now); }

  // Handles error_rate_limit for a call sent at `sent_at`. `retry_after`: the pause that Shopee asks for.
  // Returns false when the call was sent before the last back-off, and so shares its cause.
  bool OnRefused(transport::MonotonicTime sent_at, transport::MonotonicTime now, absl::Duration retry_after);

 private:
  void Grow(double seconds);

  const RateOptions& options_;
  double rate_;                                            // calls per second
  double ceiling_ = 0;                                     // learned from the last refusal
  std::optional<transport::MonotonicTime> backed_off_at_;  // set: there is a ceiling
  RecentCount accepted_;
  bool contended_ = false;
  transport::MonotonicTime grown_at_;
  transport::MonotonicTime next_slot_;  // of a call spaced by the rate after the last one
  transport::MonotonicTime rest_until_;
};

}  // namespace firstmile::limits
