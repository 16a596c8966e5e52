// Reads from what Redis tells about itself whether it may lose records.
//
// A pure function; safe from any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::tokens {

// From the sections of INFO, each empty where Redis did not let us ask. Empty: no problem is known.
std::string RedisDurabilityProblem(absl::string_view persistence, absl::string_view memory);

}  // namespace firstmile::tokens
