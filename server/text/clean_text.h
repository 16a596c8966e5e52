// Cleans external text for messages, log lines and terminals: bounded, and without terminal control
// characters.
//
// Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::text {

// The ellipsis after a truncated text; its three bytes count.
inline constexpr absl::string_view kEllipsis = "\xE2\x80\xA6";

// Length in bytes of the sequence that `text` starts with; 0 when it is not valid.
std::size_t Utf8SequenceLength(absl::string_view text);

// Appends the character as UTF-8; a question mark for an invalid one, such as half of a surrogate pair.
void AppendUtf8(std::uint32_t character, std::string* text);

// `text` in at most `limit` bytes, never cut inside a character, with an ellipsis where it was cut. Other
// bytes are unchanged.
std::string CutText(absl::string_view text, std::size_t limit);

// The same, with a space for each character that a terminal obeys instead of displaying it (control
// characters of ASCII and Latin-1, directional marks, line separators), and a question mark for each byte
// that is not UTF-8.
std::string CleanText(absl::string_view text, std::size_t limit);

// The readable part of `text` in at most `limit` bytes, with an ellipsis where it was cut. Each run of
// blanks, control characters and invalid bytes becomes one space, or nothing at either end.
std::string PrintableStart(absl::string_view text, std::size_t limit);

}  // namespace firstmile::text
