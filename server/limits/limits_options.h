// All limits of this module with meaning, unit and default.
//
// Plain data. "Per loop" limits hold for each event loop on its own.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace firstmile::limits {

// The rate of one shop and operation, in calls per second (adaptive_rate.h).
struct RateOptions {
  double initial_rate = 100;  // doubles with each second of contention until the first refusal
  double min_rate = 0.1;      // lowest rate; above zero, so that a raised limit can be detected
  double max_rate = 10'000;   // highest rate

  // The burst that may be sent after a pause: the calls that the rate allows in this time, from one to
  // burst_max.
  absl::Duration burst = absl::Milliseconds(50);
  double burst_max = 5;

  // The fraction of the ceiling used after a refusal, and the time in which the rate returns to the ceiling.
  double back_off_to = 0.9;
  absl::Duration climb = absl::Seconds(15);

  // Longest pause after a refusal, unless Shopee asks for more (Retry-After), which is respected up to
  // retry_after_max.
  absl::Duration rest_max = absl::Seconds(2);
  absl::Duration retry_after_max = absl::Minutes(1);
};

struct QueueOptions {
  std::size_t queue_max = 10'000;   // waiting calls of one shop and operation
  std::size_t queued_max = 20'000;  // waiting calls, per loop
};

struct QuotaOptions {
  // While an operation's daily quota is used up, one probe call is sent per interval, since Shopee may have
  // raised the quota: at most 144 refused calls a day for each operation and loop.
  absl::Duration probe_interval = absl::Minutes(10);
  // A longer pause is taken for a mistake and shortened to this: a day, plus an hour for clock skew.
  absl::Duration rest_max = absl::Hours(25);
};

struct LimiterOptions {
  RateOptions rate;
  QueueOptions queue;

  // Most concurrent calls at Shopee per loop, each on its own connection. Shops share them round-robin.
  std::size_t connections_max = 256;
  int in_flight_per_shop = 32;  // of these, for one shop
  // A call that ends without an answer after this time, and after twice the usual answer time, halves its
  // shop's limit, down to one. Each answer raises it by one.
  absl::Duration silent_after = absl::Milliseconds(500);

  // Most (shop, operation) pairs in memory, per loop. Beyond that, the least recently used idle pairs are
  // dropped; when none is idle, calls for new pairs are refused.
  std::size_t operations_max = 100'000;
  // An idle shop is forgotten after this time.
  absl::Duration idle_after = absl::Minutes(10);
};

// Circuit breaker of the upstream host, per loop.
struct BreakerOptions {
  int failures = 20;                              // consecutive failures, of any shop, that open it ...
  absl::Duration failing_min = absl::Seconds(1);  // ... if they span at least this time
  absl::Duration pause = absl::Seconds(1);        // from opening to the first probe; doubles per failed probe
  absl::Duration pause_max = absl::Seconds(30);   // up to this
  double jitter = 0.2;                            // relative, in both directions
};

// Retry budget per shop, modelled on gRPC's retry throttling.
struct RetryBudgetOptions {
  double tokens_max = 10;          // initial and largest balance; retries stop at half of it
  double per_answer = 0.1;         // tokens gained per answer; a retry costs one
  std::size_t shops_max = 20'000;  // most remembered shops with less than the full balance, per loop
};

// Admission control of the process.
struct AdmissionOptions {
  std::int64_t calls_max = 20'000;             // calls in progress, waiting ones included
  std::int64_t calls_max_per_caller = 10'000;  // of these, for one caller
  std::int64_t bytes_max = 0;                  // memory of requests and calls; 0: unlimited

  absl::Duration retry_after = absl::Seconds(1);  // retry delay for refused calls, with 50 % jitter
};

// Calls that are answered with a file. Each one lasts as long as its reader takes.
inline LimiterOptions OfFiles() {
  LimiterOptions options;
  options.connections_max = 64;
  options.in_flight_per_shop = 16;
  return options;
}

struct LimitsOptions {
  LimiterOptions limiter;
  LimiterOptions file_limiter = OfFiles();
  QuotaOptions quota;
  BreakerOptions breaker;
  RetryBudgetOptions retries;
  AdmissionOptions admission;
};

}  // namespace firstmile::limits
