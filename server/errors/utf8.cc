#include "errors/utf8.h"

#include <algorithm>

namespace firstmile::errors {
namespace {

struct Lead {
  std::size_t length;        // of the sequence; 0 for a byte that starts none
  unsigned char second_low;  // bounds of the second byte: they bar overlong forms and surrogates
  unsigned char second_high;
};

constexpr Lead LeadOf(unsigned char byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2 || byte > 0xF4) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {4, 0x80, 0xBF};
}

unsigned char ByteAt(absl::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

}  // namespace

std::size_t Utf8SequenceLength(absl::string_view text) {
  if (text.empty()) return 0;
  const Lead lead = LeadOf(ByteAt(text, 0));
  if (lead.length <= 1) return lead.length;
  if (text.size() < lead.length) return 0;
  if (ByteAt(text, 1) < lead.second_low || ByteAt(text, 1) > lead.second_high) return 0;
  for (std::size_t i = 2; i < lead.length; ++i) {
    if ((ByteAt(text, i) & 0xC0U) != 0x80U) return 0;
  }
  return lead.length;
}

std::string CleanText(absl::string_view text, std::size_t limit) {
  std::string cleaned;
  cleaned.reserve(std::min(text.size(), limit));
  while (!text.empty()) {
    const std::size_t length = Utf8SequenceLength(text);
    const std::size_t taken = std::max<std::size_t>(length, 1);
    if (cleaned.size() + taken > limit) break;
    const unsigned char first = ByteAt(text, 0);
    if (length == 0) {
      cleaned.push_back('?');
    } else if (first < 0x20 || first == 0x7F) {
      cleaned.push_back(' ');
    } else {
      cleaned.append(text.data(), length);
    }
    text.remove_prefix(taken);
  }
  return cleaned;
}

}  // namespace firstmile::errors
