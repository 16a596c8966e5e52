// The moving average of answer times, against which a missing answer is compared.
//
// A plain value; not thread-safe.
#pragma once

#include "absl/time/time.h"

namespace firstmile::limits {

class AnswerTime {
 public:
  // Adds one answer time. Recent ones have the most weight.
  void Add(absl::Duration took);
  absl::Duration mean() const { return mean_; }  // zero before the first

  // Whether a call that got no answer for `lasted` means that Shopee is slow, rather than that its caller
  // gave up early. Before the first answer, half a second counts as silence, since callers often wait only
  // one second.
  bool IsSilence(absl::Duration lasted) const;

 private:
  absl::Duration mean_;
};

}  // namespace firstmile::limits
