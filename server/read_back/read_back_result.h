// What Shopee's state shows of a write.
//
// Plain values.
#pragma once

#include <string>
#include <vector>

namespace firstmile::read_back {

struct ReadBackResult {
  enum class Kind {
    kUnknown,    // the state cannot be read, or is inconclusive
    kNothing,    // no effect of the write
    kSomething,  // at least a part took effect; the response is filled
  };
  Kind kind = Kind::kUnknown;
  bool is_complete = true;                           // parts not shown did not take effect
  std::vector<std::string> unused_numbers = {};      // of a generation: any of them may be its result
  std::vector<std::string> candidate_bindings = {};  // of a booking: any of them may be its result
};

}  // namespace firstmile::read_back
