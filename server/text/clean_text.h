// Texts that come from outside, made fit for a message, a log line or a terminal: bounded, and free of what
// a terminal would obey.
//
// Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::text {

// What a text ends with that was cut; its three bytes count.
inline constexpr absl::string_view kCutMark = "\xE2\x80\xA6";

// Bytes of the sequence that `text` starts with; 0 when it starts with no valid one.
std::size_t Utf8SequenceLength(absl::string_view text);

// Adds the character as UTF-8; a question mark for what is no character, such as half of a surrogate pair.
void AppendUtf8(std::uint32_t character, std::string* text);

// `text` in at most `limit` bytes, never cut inside a character and marked where it was cut. Other bytes stay
// as they are.
std::string CutText(absl::string_view text, std::size_t limit);

// The same, with a space for each character that a terminal obeys instead of showing it (the control
// characters of ASCII and of Latin-1, marks that change the direction of writing, line separators), and a
// question mark for each byte that is not UTF-8.
std::string CleanText(absl::string_view text, std::size_t limit);

}  // namespace firstmile::text
