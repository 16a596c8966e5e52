// Mends the faults of a JSON text that a strict parser refuses and that lose nothing when mended.
//
// Pure function; safe from any thread.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::codec {

// Mends bytes that are not UTF-8 and lone surrogates (both become U+FFFD), control characters inside a text,
// and numbers that no 64-bit type holds (they become texts). Empty when there is nothing to mend; other
// faults stay.
std::optional<std::string> RepairJson(absl::string_view json);

}  // namespace firstmile::codec
