#include "text/clean_text.h"

#include <algorithm>

namespace firstmile::text {
namespace {

struct Lead {
  std::size_t length;        // of the sequence; 0 for a byte that cannot start one
  unsigned char second_low;  // of the second byte; they exclude overlong forms and surrogates
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

// REQUIRES: a valid sequence.
std::uint32_t CharacterOf(absl::string_view sequence) {
  std::uint32_t character = ByteAt(sequence, 0);
  if (sequence.size() > 1) character &= 0x7FU >> sequence.size();
  for (std::size_t i = 1; i < sequence.size(); ++i)
    character = character << 6 | (ByteAt(sequence, i) & 0x3FU);
  return character;
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

constexpr Range kObeyed[] = {
    {0x00, 0x1F},                          // C0, with ESC
    {0x7F, 0x9F},                          // DEL and C1, with the one-byte CSI
    {0x61C, 0x61C},                        // directional marks and overrides, here and below
    {0x200E, 0x200F},   {0x2028, 0x202E},  // line and paragraph separators
    {0x2066, 0x2069},   {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB},  // annotations
    {0xE0000, 0xE007F},                                      // invisible tags
};

bool IsObeyed(std::uint32_t character) {
  return std::any_of(std::begin(kObeyed), std::end(kObeyed), [character](const Range& range) {
    return character >= range.first && character <= range.last;
  });
}

// Where to cut a text of at most `limit` bytes so that the ellipsis still fits.
std::size_t CutAt(absl::string_view text, std::size_t limit) {
  if (limit < kEllipsis.size()) return 0;
  std::size_t end = limit - kEllipsis.size();
  for (std::size_t back = 0; back < 3 && end > 0 && (ByteAt(text, end) & 0xC0U) == 0x80U; ++back) --end;
  return end;
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

void AppendUtf8(std::uint32_t character, std::string* text) {
  const auto add = [text](std::uint32_t byte) { text->push_back(static_cast<char>(byte)); };
  if (character < 0x80) return add(character);
  if (character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF)) return add('?');
  if (character < 0x800) {
    add(0xC0U | character >> 6);
  } else if (character < 0x10000) {
    add(0xE0U | character >> 12);
    add(0x80U | (character >> 6 & 0x3FU));
  } else {
    add(0xF0U | character >> 18);
    add(0x80U | (character >> 12 & 0x3FU));
    add(0x80U | (character >> 6 & 0x3FU));
  }
  add(0x80U | (character & 0x3FU));
}

std::string CutText(absl::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  std::string cut(text.substr(0, CutAt(text, limit)));
  if (limit >= kEllipsis.size()) cut.append(kEllipsis.data(), kEllipsis.size());
  return cut;
}

std::string CleanText(absl::string_view text, std::size_t limit) {
  std::string cleaned;
  cleaned.reserve(std::min(text.size(), limit));
  while (!text.empty() && cleaned.size() <= limit) {
    const std::size_t length = Utf8SequenceLength(text);
    if (length == 0) {
      cleaned.push_back('?');
    } else if (IsObeyed(CharacterOf(text.substr(0, length)))) {
      cleaned.push_back(' ');
    } else {
      cleaned.append(text.data(), length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return CutText(cleaned, limit);
}

std::string PrintableStart(absl::string_view text, std::size_t limit) {
  std::string start;
  bool blank = false;
  while (!text.empty() && start.size() <= limit) {
    const std::size_t length = Utf8SequenceLength(text);
    if (length == 0 || text.front() == ' ' || IsObeyed(CharacterOf(text.substr(0, length)))) {
      blank = !start.empty();
    } else {
      if (blank) start.push_back(' ');
      blank = false;
      start.append(text.data(), length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return CutText(start, limit);
}

}  // namespace firstmile::text
