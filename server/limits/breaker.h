// Circuit breaker of one host: stops calls when they keep failing, and probes until one succeeds.
//
// Not thread-safe; the caller passes the time.
#pragma once

#include <optional>

#include "absl/random/random.h"
#include "absl/time/time.h"
#include "limits/answer_time.h"
#include "limits/limits_options.h"
#include "limits/refusal.h"
#include "transport/clock.h"

namespace firstmile::limits {

class Breaker {
 public:
  enum class State { kClosed, kOpen, kProbing };  // kProbing: open, with one probe in progress

  // How a call to the host ended.
  enum class End {
    kAnswered,  // by Shopee, business errors included
    kFailed,    // connect failure, broken connection, or an answer from a proxy
    kTimedOut,  // a failure if answers are usually much faster; otherwise the caller's timeout was too short
    kInconclusive,  // inconclusive
  };

  // A call that was sent.
  struct Call {
    bool probe;
    transport::MonotonicTime since;
  };

  explicit Breaker(const BreakerOptions& options) : options_(options) {}

  // Returns UPSTREAM_CIRCUIT_OPEN, or nothing when a call may be sent, possibly as a probe.
  std::optional<Refusal> RefusalAt(transport::MonotonicTime now) const;

  // Records a sent call. Requires that RefusalAt returned nothing; report the call's end exactly once.
  Call OnSent(transport::MonotonicTime now);
  void OnEnd(const Call& call, End end, transport::MonotonicTime now);

  State state() const { return state_; }

 private:
  void OnProbeEnd(bool failed, transport::MonotonicTime now);
  void CountFailure(transport::MonotonicTime now);
  void Open(transport::MonotonicTime now);

  const BreakerOptions options_;
  State state_ = State::kClosed;
  AnswerTime answers_;
  int failures_ = 0;  // in a row
  transport::MonotonicTime first_failure_;
  absl::Duration pause_;
  transport::MonotonicTime next_probe_;
  absl::BitGen random_;
};

}  // namespace firstmile::limits
