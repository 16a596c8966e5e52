// Detects repeating cursors of a list, with memory for two cursors.
//
// One per pass through a list; not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::endpoints {

// Remembers a cursor for twice as many steps each time (Brent's cycle detection): a cycle of n cursors
// entered at step m is detected within 3 * max(m, n) steps.
class CursorTrail {
 public:
  // `first` is the cursor of the first page.
  explicit CursorTrail(absl::string_view first) : remembered_(first), latest_(first) {}

  // Returns true when the list was at `next` before. An empty cursor ends a list and is never a repetition.
  bool LeadsBack(absl::string_view next) {
    if (next == remembered_ || next == latest_) return true;
    latest_ = std::string(next);
    if (++steps_ < patience_) return false;
    remembered_ = latest_;
    patience_ *= 2;
    steps_ = 0;
    return false;
  }

 private:
  std::string remembered_;
  std::string latest_;
  std::uint64_t steps_ = 0;
  std::uint64_t patience_ = 1;
};

}  // namespace firstmile::endpoints
