// Reads from Redis's INFO whether it may lose records.
//
// A pure function; safe from any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::tokens {

// `persistence` and `memory` are sections of INFO, each empty when Redis denies access to it. Returns an
// empty string when no problem is known.
std::string RedisDurabilityProblem(absl::string_view persistence, absl::string_view memory);

}  // namespace firstmile::tokens
