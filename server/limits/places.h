// How many calls of one shop may be at the platform at one time: all of its places, and fewer while the
// platform leaves its calls without an answer.
//
// Belongs to its loop's thread.
#pragma once

#include "absl/time/time.h"
#include "limits/answer_time.h"

namespace firstmile::limits {

class Places {
 public:
  explicit Places(int most) : most_(most), bound_(most) {}

  bool free() const { return taken_ < bound_; }
  int taken() const { return taken_; }
  int bound() const { return bound_; }
  // How long a place is held, the last ones counting most; zero before the first was given back.
  absl::Duration held() const { return held_.mean(); }

  void Take() { ++taken_; }
  void GiveBack(absl::Duration held);

  // A call that was without an answer for `lasted`, at least `silent_after` and longer than answers take,
  // halves the places: a shop whose calls hang is down to one after a few of them, so that it holds few
  // connections.
  void OnSilence(absl::Duration lasted, absl::Duration silent_after);
  // Each answer gives one place back.
  void OnAnswer(absl::Duration took);

 private:
  const int most_;
  int bound_;
  int taken_ = 0;
  AnswerTime held_;
  AnswerTime answers_;
};

}  // namespace firstmile::limits
