// Mends the faults of a JSON text that a strict parser refuses and that lose nothing when mended.
//
// Pure function; safe from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::codec {

// Most faults that are mended. A page of a hundred rows in a wrong encoding has fewer; each grows the text by
// at most five bytes.
inline constexpr std::size_t kRepairsMax = 65'536;

// Mends bytes that are not UTF-8 and lone surrogates (both become U+FFFD), control characters inside a text,
// and numbers of up to 400 characters that no 64-bit type holds (they become texts). Empty when there is
// nothing to mend, or more than kRepairsMax faults; other faults stay. Takes time in proportion to the length
// of the text.
std::optional<std::string> RepairJson(absl::string_view json);

}  // namespace firstmile::codec
