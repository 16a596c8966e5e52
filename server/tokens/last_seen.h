// When something was last observed, by the wall clock and by the monotonic clock. Neither alone gives its
// age: the wall clock can be set, and the monotonic clock stops while the machine sleeps.
//
// A plain value.
#pragma once

#include <algorithm>

#include "absl/time/time.h"
#include "transport/clock.h"

namespace firstmile::tokens {

class LastSeen {
 public:
  void Now(const transport::Clock& clock) {
    wall_ = clock.Now();
    monotonic_ = clock.Monotonic();
  }

  // The longer of the two clocks' ages; infinite before the first Now.
  absl::Duration Age(const transport::Clock& clock) const {
    return std::max(clock.Now() - wall_, absl::FromChrono(clock.Monotonic() - monotonic_));
  }

 private:
  absl::Time wall_ = absl::InfinitePast();
  transport::MonotonicTime monotonic_;
};

}  // namespace firstmile::tokens
