// Stops calls to a host that answers nobody, and finds out when it answers again.
//
// One per upstream host and event loop; belongs to its thread.
#pragma once

#include <optional>
#include <utility>

#include "absl/random/random.h"
#include "absl/time/time.h"
#include "limits/answer_time.h"
#include "limits/limits_options.h"
#include "limits/refusal.h"
#include "transport/clock.h"

namespace firstmile::limits {

class Breaker {
 public:
  enum class State { kClosed, kOpen, kProbing };  // kProbing: open, and one call is out to see

  // One call to the host. Tell how it ended, at most once; an attempt that ends untold changes nothing. Ends
  // before its breaker.
  class Attempt {
   public:
    Attempt() = default;
    Attempt(Attempt&& other) noexcept
        : breaker_(std::exchange(other.breaker_, nullptr)), probe_(other.probe_), since_(other.since_) {}
    Attempt& operator=(Attempt&& other) noexcept {
      std::swap(breaker_, other.breaker_);
      std::swap(probe_, other.probe_);
      std::swap(since_, other.since_);
      return *this;
    }
    ~Attempt();

    // The host answered, be it with an error of the platform.
    void Succeeded(transport::MonotonicTime now);
    // The host was not reached, the connection broke, or a 5xx came without the platform's envelope.
    void Failed(transport::MonotonicTime now);
    // No answer in time. A failure when answers usually come much sooner; else it tells nothing, not even as
    // a probe: its caller may have granted it a moment only.
    void TimedOut(transport::MonotonicTime now);

   private:
    friend class Breaker;
    Attempt(Breaker& breaker, bool probe, transport::MonotonicTime since)
        : breaker_(&breaker), probe_(probe), since_(since) {}

    Breaker* breaker_ = nullptr;
    bool probe_ = false;
    transport::MonotonicTime since_;
  };

  struct Entry {
    std::optional<Refusal> refusal;  // UPSTREAM_CIRCUIT_OPEN, or else the attempt may leave
    Attempt attempt;
  };

  explicit Breaker(const BreakerOptions& options) : options_(options) {}

  // UPSTREAM_CIRCUIT_OPEN when Enter would refuse now; for those who would otherwise wait only to hear it.
  std::optional<Refusal> RefusalAt(transport::MonotonicTime now) const;

  Entry Enter(transport::MonotonicTime now);
  State state() const { return state_; }

 private:
  void Close();
  void CountFailure(transport::MonotonicTime now);
  void OnProbeFailed(transport::MonotonicTime now);
  void OnProbeAbandoned();
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
