// Every limit of the room, with its meaning, unit and default.
//
// Plain data. "Per loop" limits hold for each event loop on its own.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace firstmile::limits {

// The rate of one shop and operation, learned from the platform's refusals. Rates are calls per second. The
// figures below the first three were tuned in a simulation (README.md).
struct RateOptions {
  double initial_rate = 100;  // of a shop and operation that was never refused
  double min_rate = 0.1;      // the rate never falls below: how else would it learn that a limit was raised
  double max_rate = 10'000;   // the rate never grows beyond

  // How much may leave at once after a pause: what the rate gives in this time, at least one call and at most
  // burst_max.
  absl::Duration burst = absl::Milliseconds(50);
  double burst_max = 5;

  // Calls that a shop and operation that was never refused may have at the platform at one time, at first,
  // and how many more for each that is accepted: so a first refusal finds few others on their way.
  double unproven_in_flight = 8;
  double in_flight_per_accepted = 1;

  // Share of the ceiling that is used after a refusal.
  double back_off_to = 0.88;
  // From a back-off until the ceiling is reached again: as long as approach_calls take at that rate, within
  // these bounds, but less after the first refusals, when little is known: approach_first, then twice as long
  // each time.
  absl::Duration approach_first = absl::Seconds(2);
  double approach_calls = 200;
  absl::Duration approach_min = absl::Seconds(15);
  absl::Duration approach_max = absl::Seconds(30);
  // Beyond the ceiling: the rate is that share above it after this time, and eight times as much after twice
  // of it.
  absl::Duration probe = absl::Seconds(6);

  // A refusal so soon after a back-off says that the limit is below the rate: within this time, and within
  // this share of the approach. The ceiling becomes soon_to of the rate; and fall_to when that happens again
  // at once, after a rest.
  absl::Duration soon = absl::Seconds(2);
  double soon_share = 0.3;
  double soon_to = 0.85;
  double fall_to = 0.8;
  absl::Duration fall_rest = absl::Milliseconds(500);

  // A pause after a back-off lasts at most so long, but for what the platform itself asks for (Retry-After),
  // which is kept up to retry_after_max.
  absl::Duration rest_max = absl::Seconds(2);
  absl::Duration retry_after_max = absl::Minutes(1);
};

struct QueueOptions {
  std::size_t queue_max = 10'000;   // waiting calls of one shop and operation
  std::size_t queued_max = 20'000;  // waiting calls, per loop
};

struct QuotaOptions {
  // While the platform's daily quota of an operation is spent, one call in this time is let through, since
  // the quota may have been raised: at most 144 refused calls a day for each operation and loop.
  absl::Duration probe_interval = absl::Minutes(10);
  // A time to wait that is longer is taken for a mistake, and cut. A day, and an hour for skewed clocks.
  absl::Duration park_max = absl::Hours(25);
};

// Several sidecars that share a Redis. Asked only for shops and operations that were refused before.
struct FleetOptions {
  int permits_max = 32;  // that are drawn at one time
  absl::Duration ahead =
      absl::Milliseconds(100);  // permits are given out at most so far ahead, or for one call ...
  absl::Duration ahead_max = absl::Seconds(2);         // ... and never further
  absl::Duration time_limit = absl::Milliseconds(50);  // of connecting, and of an answer
  absl::Duration alone = absl::Seconds(5);  // after a failure each sidecar goes alone, before it asks again
  absl::Duration forget_after = absl::Minutes(10);  // what nobody asked for
};

struct LimiterOptions {
  RateOptions rate;
  QueueOptions queue;
  QuotaOptions quota;
  FleetOptions fleet;

  int in_flight_per_shop = 32;  // calls of one shop that are at the platform at one time
  // A call that ends after this time without an answer, and after twice the time that answers take, halves
  // that for its shop, down to one; each answer gives one back.
  absl::Duration silent_after = absl::Seconds(1);

  // Shops with an operation that are remembered, per loop. Beyond, the idle ones that were used longest ago
  // are forgotten; when none is idle, calls of further ones pass without being counted.
  std::size_t keys_max = 100'000;
  // A shop and operation is idle, and forgotten, after this time without a call.
  absl::Duration idle_after = absl::Minutes(10);
};

// Per upstream host and loop.
struct BreakerOptions {
  int failures = 20;                              // in a row, of any shop, open it ...
  absl::Duration failing_min = absl::Seconds(1);  // ... when they took at least this long
  absl::Duration pause = absl::Seconds(1);        // from opening to the first probe; doubles per failed probe
  absl::Duration pause_max = absl::Seconds(30);   // up to this
  double jitter = 0.2;                            // pauses are up to this share shorter or longer
};

// Per shop: the shape of gRPC's retry throttling.
struct RetryBudgetOptions {
  double tokens_max = 10;          // at the start, and at most; retries stop at half of it
  double per_answer = 0.1;         // tokens that an answer gives back; a retry takes one
  std::size_t shops_max = 20'000;  // with less than all tokens that are remembered, per loop
};

// Of the process.
struct AdmissionOptions {
  std::int64_t calls_max = 20'000;             // calls in the sidecar, waiting ones included
  std::int64_t calls_max_per_caller = 10'000;  // of one caller among them

  // Resident memory above which no more calls come in. 0: no bound.
  std::int64_t memory_max_bytes = std::int64_t{1} << 30;
  absl::Duration memory_sample_interval = absl::Milliseconds(20);  // it is read at most this often
  // Above the bound, free memory is given back to the system at most this often.
  absl::Duration memory_release_interval = absl::Seconds(1);
  // So many calls come in even so: memory that does not come back must not end the service.
  std::int64_t calls_despite_memory = 16;

  absl::Duration retry_after = absl::Seconds(1);  // what refused callers are told, with jitter of a half
};

struct LimitsOptions {
  LimiterOptions limiter;
  BreakerOptions breaker;
  RetryBudgetOptions retries;
  AdmissionOptions admission;
};

}  // namespace firstmile::limits
