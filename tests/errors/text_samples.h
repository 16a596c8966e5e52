// A failure of each kind that callers can get, made by the code that makes it for them.
//
// Each call makes them anew; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "firstmile/v1/failure.pb.h"

namespace firstmile::testing {

struct TextGroup {
  std::string heading;
  std::vector<v1::Failure> failures;
};

std::vector<TextGroup> TextSamples();

}  // namespace firstmile::testing
