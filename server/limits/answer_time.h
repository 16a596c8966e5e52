// How long answers take, as the yardstick for silence.
//
// A plain value; belongs to one thread.
#pragma once

#include "absl/time/time.h"

namespace firstmile::limits {

class AnswerTime {
 public:
  // The last ones count most.
  void Note(absl::Duration took);
  absl::Duration mean() const { return mean_; }  // zero before the first

  // That no answer came for `lasted` tells something: callers that leave a slow platform early say nothing
  // about it. Before the first answer a second does.
  bool IsSilence(absl::Duration lasted) const;

 private:
  absl::Duration mean_;
};

}  // namespace firstmile::limits
