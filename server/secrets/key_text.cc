#include "secrets/key_text.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace firstmile::secrets {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Invisible blanks: no-break space, zero-width space and joiners, word joiner, a second byte-order mark.
constexpr absl::string_view kInvisible[] = {"\xC2\xA0",     "\xE2\x80\x8B", "\xE2\x80\x8C",
                                            "\xE2\x80\x8D", "\xE2\x81\xA0", kByteOrderMark};

constexpr std::pair<absl::string_view, absl::string_view> kQuotes[] = {
    {"\"", "\""}, {"'", "'"}, {"`", "`"}, {"\xE2\x80\x9C", "\xE2\x80\x9D"}, {"\xE2\x80\x98", "\xE2\x80\x99"}};

// Most nested names and quotes around a key.
constexpr int kLayersMax = 4;

using Oddities = std::vector<std::string>;

void AddOddity(Oddities* oddities, absl::string_view what) {
  if (std::find(oddities->begin(), oddities->end(), what) == oddities->end()) oddities->emplace_back(what);
}

void AppendUtf8(unsigned unit, std::string* out) {
  if (unit < 0x80) {
    out->push_back(static_cast<char>(unit));
  } else if (unit < 0x800) {
    out->push_back(static_cast<char>(0xC0U | (unit >> 6U)));
    out->push_back(static_cast<char>(0x80U | (unit & 0x3FU)));
  } else {
    out->push_back(static_cast<char>(0xE0U | (unit >> 12U)));
    out->push_back(static_cast<char>(0x80U | ((unit >> 6U) & 0x3FU)));
    out->push_back(static_cast<char>(0x80U | (unit & 0x3FU)));
  }
}

// `low_first`: little-endian. Surrogates are not decoded: no key has one.
std::string FromUtf16(absl::string_view bytes, bool low_first) {
  std::string text;
  text.reserve(bytes.size() * 3 / 2);  // growing would leave pieces of a key in freed memory
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const unsigned one = static_cast<unsigned char>(bytes[i]);
    const unsigned other = static_cast<unsigned char>(bytes[i + 1]);
    AppendUtf8(low_first ? one | other << 8U : other | one << 8U, &text);
  }
  return text;
}

// Whether the text is little-endian; empty: it is not UTF-16. Trimming may have removed its last byte.
std::optional<bool> Utf16Order(absl::string_view bytes) {
  if (absl::StartsWith(bytes, "\xFF\xFE")) return true;
  if (absl::StartsWith(bytes, "\xFE\xFF")) return false;
  if (bytes.size() < 4) return std::nullopt;
  bool low_first = true;
  bool high_first = true;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    low_first = low_first && bytes[i] != '\0' && bytes[i + 1] == '\0';
    high_first = high_first && bytes[i] == '\0' && bytes[i + 1] != '\0';
  }
  if (low_first || high_first) return low_first;
  return std::nullopt;
}

std::string Decoded(absl::string_view bytes, Oddities* oddities) {
  const std::optional<bool> low_first = Utf16Order(bytes);
  std::string text = low_first.has_value() ? FromUtf16(bytes, *low_first) : std::string(bytes);
  if (low_first.has_value()) AddOddity(oddities, "UTF-16 in place of plain text");
  if (!absl::StartsWith(text, kByteOrderMark)) return text;
  if (!low_first.has_value()) AddOddity(oddities, "a byte-order mark");
  return text.substr(kByteOrderMark.size());
}

// Returns true when more than plain white space was removed.
bool StripInvisible(absl::string_view* text) {
  bool any = false;
  for (bool again = true; again;) {
    *text = absl::StripAsciiWhitespace(*text);
    again = false;
    for (const absl::string_view blank : kInvisible) {
      again = absl::ConsumePrefix(text, blank) || absl::ConsumeSuffix(text, blank) || again;
    }
    any = any || again;
  }
  return any;
}

bool IsBlankAt(absl::string_view text, std::size_t at) {
  return at < text.size() && absl::ascii_isspace(static_cast<unsigned char>(text[at]));
}

bool IsNameOfKey(absl::string_view name) {
  return absl::EndsWith(absl::AsciiStrToLower(name), "key");
}

bool IsNameOfPartnerKey(absl::string_view name) {
  return absl::EndsWith(absl::AsciiStrToLower(name), "partner_key");
}

// Without the shell's `export`.
absl::string_view Assignment(absl::string_view text) {
  constexpr absl::string_view kPowerShell = "$env:";
  if (absl::StartsWithIgnoreCase(text, kPowerShell)) return text.substr(kPowerShell.size());
  for (const absl::string_view word : {"export", "set"}) {
    if (absl::StartsWithIgnoreCase(text, word) && IsBlankAt(text, word.size())) {
      return absl::StripLeadingAsciiWhitespace(text.substr(word.size()));
    }
  }
  return text;
}

// The text after `NAME=` or `NAME: `; empty when there is no name, or nothing after it.
std::optional<absl::string_view> AfterName(absl::string_view text, absl::string_view* name) {
  text = Assignment(text);
  const std::size_t end = text.find_first_of("=:");
  if (end == text.npos || (text[end] == ':' && !IsBlankAt(text, end + 1))) return std::nullopt;
  *name = absl::StripTrailingAsciiWhitespace(text.substr(0, end));
  const absl::string_view value = absl::StripAsciiWhitespace(text.substr(end + 1));
  const bool is_name = !name->empty() && !absl::ascii_isdigit(static_cast<unsigned char>(name->front())) &&
                       std::all_of(name->begin(), name->end(), [](char c) {
                         return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                                absl::StrContains("_.-", absl::string_view(&c, 1));
                       });
  const bool is_padding =
      value.find_first_not_of('=') == value.npos && !IsNameOfPartnerKey(*name);  // base64 padding
  if (!is_name || is_padding) return std::nullopt;
  return value;
}

bool TakeName(absl::string_view* text) {
  absl::string_view name;
  const std::optional<absl::string_view> value = AfterName(*text, &name);
  if (value.has_value()) *text = *value;
  return value.has_value();
}

// Removes a trailing comment: no key contains a blank.
bool TakeComment(absl::string_view* text) {
  const std::size_t at = text->find('#');
  if (at == text->npos || at == 0 || !IsBlankAt(*text, at - 1)) return false;
  *text = absl::StripTrailingAsciiWhitespace(text->substr(0, at));
  return true;
}

bool TakePunctuation(absl::string_view* text) {
  const bool any = text->size() > 1 && (text->back() == ';' || text->back() == ',');
  if (any) text->remove_suffix(1);
  return any;
}

bool TakeQuotes(absl::string_view* text) {
  for (const auto& [open, close] : kQuotes) {
    const bool opened = absl::ConsumePrefix(text, open);
    const bool closed = absl::ConsumeSuffix(text, close);
    if (opened || closed) return true;
  }
  return false;
}

bool IsComment(absl::string_view line) {
  return line.front() == '#' || line.front() == ';' || (line.front() == '[' && line.back() == ']');
}

// The line with the key, among comments, headings or other settings.
absl::string_view KeyLine(absl::string_view text, Oddities* oddities) {
  if (!absl::StrContains(text, "\n") && !absl::StrContains(text, "\r")) return text;
  std::vector<absl::string_view> lines;
  for (absl::string_view line : absl::StrSplit(text, absl::ByAnyChar("\r\n"))) {
    line = absl::StripAsciiWhitespace(line);
    if (!line.empty() && !IsComment(line)) lines.push_back(line);
  }
  AddOddity(oddities, "several lines");
  if (lines.size() == 1) return lines.front();
  for (const auto is_wanted : {IsNameOfPartnerKey, IsNameOfKey}) {
    std::vector<absl::string_view> found;
    for (const absl::string_view line : lines) {
      absl::string_view name;
      if (AfterName(line, &name).has_value() && is_wanted(name)) found.push_back(line);
    }
    if (found.size() == 1) return found.front();
    if (found.size() > 1) return text;
  }
  return text;
}

}  // namespace

KeyText CleanKey(const Secret& text) {
  Oddities oddities;
  const Secret decoded{Decoded(text.Reveal(), &oddities)};
  absl::string_view key = absl::StripAsciiWhitespace(decoded.Reveal());
  key = KeyLine(key, &oddities);
  if (TakeComment(&key)) AddOddity(&oddities, "a comment behind it");
  for (int layer = 0; layer < kLayersMax; ++layer) {
    if (StripInvisible(&key)) AddOddity(&oddities, "invisible characters at its ends");
    const bool named = TakeName(&key);
    if (named) AddOddity(&oddities, "a NAME= before it");
    const bool ended = TakePunctuation(&key);
    if (ended) AddOddity(&oddities, "punctuation behind it");
    const bool quoted = TakeQuotes(&key);
    if (quoted) AddOddity(&oddities, "quotes around it");
    if (!named && !ended && !quoted) break;
  }
  return {Secret(std::string(key)), absl::StrJoin(oddities, ", ")};
}

}  // namespace firstmile::secrets
