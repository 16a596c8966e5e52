// Repairs JSON texts with faults that a strict parser rejects and whose repair loses nothing.
//
// Pure function; safe from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::codec {

// Most faults repaired in one text. A page of a hundred rows in a wrong encoding has fewer; each adds at most
// five bytes.
inline constexpr std::size_t kRepairsMax = 65'536;

// Repairs bytes that are not UTF-8 and lone surrogates (both become U+FFFD), control characters inside a
// text, and numbers of up to 400 characters that no 64-bit type holds (they become texts). Returns nothing
// when there is nothing to repair, or more than kRepairsMax faults; other faults stay. Takes linear time.
std::optional<std::string> RepairJson(absl::string_view json);

}  // namespace firstmile::codec
