// How many calls of one shop may be at the platform at one time: all of its places, and fewer while the
// platform leaves its calls without an answer.
//
// Belongs to its loop's thread.
#pragma once

#include <algorithm>

#include "absl/time/time.h"

namespace firstmile::limits {

class Places {
 public:
  explicit Places(int most) : most_(most), bound_(most) {}

  bool free() const { return taken_ < bound_; }
  int taken() const { return taken_; }
  int bound() const { return bound_; }
  // How long a place is held, the last ones counting most; zero before the first was given back.
  absl::Duration held() const { return held_; }

  void Take() { ++taken_; }
  void GiveBack(absl::Duration held);

  // A shop whose calls hang is down to one place after a few of them, so that it holds few connections; each
  // answer gives one back.
  void OnSilence() { bound_ = std::max(1, bound_ / 2); }
  void OnAnswer() { bound_ = std::min(most_, bound_ + 1); }

 private:
  const int most_;
  int bound_;
  int taken_ = 0;
  absl::Duration held_;
};

}  // namespace firstmile::limits
