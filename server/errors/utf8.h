// UTF-8 in texts that come from outside.
//
// Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::errors {

// Bytes of the sequence that `text` starts with; 0 when it starts with no valid one.
std::size_t Utf8SequenceLength(absl::string_view text);

// `text` in at most `limit` bytes, never cut inside a character: a space for each control character, a
// question mark for each byte that is not UTF-8.
std::string CleanText(absl::string_view text, std::size_t limit);

}  // namespace firstmile::errors
