// Limits one shop's concurrent calls at Shopee. The limit falls while calls get no answer, down to one, so
// that a shop whose calls hang takes one connection.
//
// Not thread-safe; the caller passes the time.
#pragma once

#include "absl/time/time.h"
#include "limits/answer_time.h"

namespace firstmile::limits {

class InFlightLimit {
 public:
  explicit InFlightLimit(int most) : most_(most), limit_(most) {}

  bool free() const { return in_flight_ < limit_; }
  int in_flight() const { return in_flight_; }
  int limit() const { return limit_; }
  // The moving average of how long a call is in progress at Shopee; zero before the first call has ended.
  absl::Duration duration() const { return durations_.mean(); }
  void AddDuration(absl::Duration lasted) { durations_.Add(lasted); }

  void Begin() { ++in_flight_; }
  void End() { --in_flight_; }

  // Halves the limit when no answer came for `lasted`, if that is at least `silent_after` and longer than
  // answers take.
  void OnSilence(absl::Duration lasted, absl::Duration silent_after);
  // Raises the limit by one.
  void OnAnswer(absl::Duration took);

 private:
  const int most_;
  int limit_;
  int in_flight_ = 0;
  AnswerTime durations_;
  AnswerTime answers_;
};

}  // namespace firstmile::limits
