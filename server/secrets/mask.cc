#include "secrets/mask.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "text/clean_text.h"

namespace firstmile::secrets {
namespace {

// Characters of escapes that may hide a secret.
constexpr absl::string_view kEscapes = "\\%&";

// Long texts are scanned in windows, which overlap by more than the length of an escaped secret.
constexpr std::size_t kOverlapMin = std::size_t{16} << 10;
constexpr std::size_t kEscapedBytesPerByte = 64;
constexpr std::size_t kWindowPerOverlap = 4;

// Upper bound of all forms of a secret together, per byte.
constexpr std::size_t kFormBytesPerByte = 16;

// Longer than any character reference, such as "&#x10FFFF;".
constexpr std::size_t kReferenceMax = 10;

// memmem skips ahead by up to the length of a long needle; std::string::find does not.
std::size_t Find(absl::string_view text, absl::string_view form, std::size_t from) {
  const void* found = memmem(text.data() + from, text.size() - from, form.data(), form.size());
  return found == nullptr ? absl::string_view::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

bool IsBase64(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("+/-_", c);
}

// The base64 characters that depend only on `secret` when `before` bytes precede it.
std::string Base64Core(absl::string_view secret, std::size_t before) {
  const std::string padded = absl::StrCat(std::string(before, 'x'), secret);
  const std::string encoded = absl::Base64Escape(padded);
  const std::size_t first = (before * 8 + 5) / 6;
  const std::size_t last = padded.size() * 8 / 6;
  return encoded.substr(first, last - first);
}

std::optional<std::uint32_t> HexNumber(absl::string_view digits, std::size_t length) {
  std::uint32_t number = 0;
  if (digits.size() < length || length == 0) return std::nullopt;
  digits = digits.substr(0, length);
  const bool hex = std::all_of(digits.begin(), digits.end(), absl::ascii_isxdigit);
  if (!hex || !absl::SimpleHexAtoi(digits, &number)) return std::nullopt;
  return number;
}

// The character of an escape, and the escape's length.
struct Escape {
  std::uint32_t character;
  std::size_t size;
  bool byte = false;  // one byte of UTF-8, not a character
};

std::optional<Escape> BackslashEscape(absl::string_view text) {
  if (text.size() < 2) return std::nullopt;
  constexpr absl::string_view kShort = "bfnrt";
  constexpr absl::string_view kMeant = "\b\f\n\r\t";
  const char kind = text[1];
  if (kind == 'u' || kind == 'x') {
    const std::size_t digits = kind == 'u' ? 4 : 2;
    const std::optional<std::uint32_t> number = HexNumber(text.substr(2), digits);
    if (number.has_value()) return Escape{*number, 2 + digits};
  }
  const std::size_t known = kShort.find(kind);
  return Escape{static_cast<unsigned char>(known == kShort.npos ? kind : kMeant[known]), 2, true};
}

std::optional<Escape> PercentEscape(absl::string_view text) {
  const std::optional<std::uint32_t> number = HexNumber(text.substr(1), 2);
  if (!number.has_value()) return std::nullopt;
  return Escape{*number, 3, true};
}

std::optional<Escape> HtmlReference(absl::string_view text) {
  static constexpr std::pair<absl::string_view, char> kNamed[] = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
  for (const auto& [name, character] : kNamed) {
    if (absl::StartsWith(text, name)) return Escape{static_cast<unsigned char>(character), name.size()};
  }
  const std::size_t end = text.substr(0, kReferenceMax).find(';');
  if (end == text.npos || end < 3 || text[1] != '#') return std::nullopt;
  const absl::string_view digits = text.substr(2, end - 2);
  std::uint32_t number = 0;
  if (absl::SimpleAtoi(digits, &number)) return Escape{number, end + 1};
  if (digits[0] != 'x' && digits[0] != 'X') return std::nullopt;
  const std::optional<std::uint32_t> hex = HexNumber(digits.substr(1), digits.size() - 1);
  if (!hex.has_value()) return std::nullopt;
  return Escape{*hex, end + 1};
}

std::optional<Escape> EscapeAt(absl::string_view text) {
  switch (text.front()) {
    case '\\':
      return BackslashEscape(text);
    case '%':
      return PercentEscape(text);
    case '&':
      return HtmlReference(text);
    default:
      return std::nullopt;
  }
}

// A text after some levels of unescaping, with each byte's offset in the original text.
struct Unescaped {
  std::string bytes;
  std::vector<std::size_t> origins;  // one more than bytes: the end of the text

  // Unescapes one more level. Returns false when no escape was left.
  bool Again() {
    std::string next;
    std::vector<std::size_t> next_origins;
    next.reserve(bytes.size());
    next_origins.reserve(origins.size());
    for (std::size_t at = 0; at < bytes.size();) {
      const std::optional<Escape> escape = EscapeAt(absl::string_view(bytes).substr(at));
      if (!escape.has_value()) {
        next.push_back(bytes[at]);
      } else if (escape->byte) {
        next.push_back(static_cast<char>(escape->character));
      } else {
        text::AppendUtf8(escape->character, &next);
      }
      next_origins.resize(next.size(), origins[at]);
      at += escape.has_value() ? escape->size : 1;
    }
    next_origins.push_back(origins.back());
    const bool changed = next.size() != bytes.size();
    Secret wiped(std::exchange(bytes, std::move(next)));
    origins = std::move(next_origins);
    return changed;
  }
};

// Calls `add` with each form of a secret, and whether it is base64.
template <typename Add>
void ForEachForm(absl::string_view secret, const Add& add) {
  add(secret, false);
  std::string hex = absl::BytesToHexString(secret);
  add(hex, false);
  absl::AsciiStrToUpper(&hex);
  add(hex, false);
  for (std::size_t before = 0; before < 3; ++before) {
    std::string encoded = Base64Core(secret, before);
    add(encoded, true);
    if (encoded.find_first_of("+/") == std::string::npos) continue;
    std::replace(encoded.begin(), encoded.end(), '+', '-');
    std::replace(encoded.begin(), encoded.end(), '/', '_');
    add(encoded, true);
  }
}

// The forms of some secrets. Its own copies are wiped like any Secret.
class Forms {
 public:
  explicit Forms(const std::vector<Secret>& secrets);

  std::size_t longest() const { return longest_; }
  bool AreIn(absl::string_view text) const;

  // For each byte of the text, whether a form covers it, escaped or not.
  std::vector<bool> MarksIn(absl::string_view text) const;

 private:
  struct Form {
    std::size_t begin;  // in text_
    std::size_t size;
    bool base64;
  };

  absl::string_view TextOf(const Form& form) const { return text_.Reveal().substr(form.begin, form.size); }
  void Add(absl::string_view form, bool base64, std::string* all);
  void MarkIn(const Unescaped& text, std::vector<bool>* marked) const;

  std::vector<Form> forms_;
  Secret text_;
  std::size_t longest_ = 0;
};

void Forms::Add(absl::string_view form, bool base64, std::string* all) {
  forms_.push_back({all->size(), form.size(), base64});
  longest_ = std::max(longest_, form.size());
  absl::StrAppend(all, form);
}

Forms::Forms(const std::vector<Secret>& secrets) {
  std::size_t bytes = 0;
  for (const Secret& secret : secrets) bytes += secret.Reveal().size();
  std::string all;
  all.reserve(bytes * kFormBytesPerByte);  // one allocation: growing would leave pieces of it in freed memory
  for (const Secret& secret : secrets) {
    ForEachForm(secret.Reveal(), [&](absl::string_view form, bool base64) { Add(form, base64, &all); });
  }
  text_ = Secret(std::move(all));
}

bool Forms::AreIn(absl::string_view text) const {
  return std::any_of(forms_.begin(), forms_.end(),
                     [&](const Form& form) { return Find(text, TextOf(form), 0) != text.npos; });
}

void Forms::MarkIn(const Unescaped& text, std::vector<bool>* marked) const {
  const auto mark = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = text.origins[begin]; i < text.origins[end]; ++i) (*marked)[i] = true;
  };
  const absl::string_view bytes = text.bytes;
  for (const Form& form : forms_) {
    for (std::size_t at = Find(bytes, TextOf(form), 0); at != bytes.npos;
         at = Find(bytes, TextOf(form), at + form.size)) {
      std::size_t begin = at;
      std::size_t end = at + form.size;
      // The characters at both ends contain bits of the secret too.
      for (int i = 0; i < 2 && form.base64; ++i) {
        if (begin > 0 && IsBase64(bytes[begin - 1])) --begin;
        if (end < bytes.size() && IsBase64(bytes[end])) ++end;
      }
      mark(begin, end);
    }
  }
}

std::vector<bool> Forms::MarksIn(absl::string_view text) const {
  std::vector<bool> marked(text.size(), false);
  Unescaped level{.bytes = std::string(text), .origins = std::vector<std::size_t>(text.size() + 1)};
  std::iota(level.origins.begin(), level.origins.end(), 0);
  MarkIn(level, &marked);
  for (int i = 0; i < Mask::kEscapesMax && level.Again(); ++i) MarkIn(level, &marked);
  const Secret wiped(std::move(level.bytes));
  return marked;
}

std::uint64_t LoadBeginning(const char* text) {
  std::uint64_t bytes;
  std::memcpy(&bytes, text, sizeof(bytes));
  return bytes * 0x9E3779B97F4A7C15U;  // spreads them over the upper bits
}

}  // namespace

void Mask::Beginnings::Add(absl::string_view form) {
  static_assert(kBytes == sizeof(std::uint64_t));
  const std::uint64_t mixed = LoadBeginning(form.data());
  bits_.set(mixed >> 52U);
  bits_.set(mixed >> 40U & 0xFFFU);
}

bool Mask::Beginnings::MayBeIn(absl::string_view text) const {
  for (std::size_t at = 0; at + kBytes <= text.size(); ++at) {
    const std::uint64_t mixed = LoadBeginning(text.data() + at);
    if (bits_[mixed >> 52U] && bits_[mixed >> 40U & 0xFFFU]) return true;
  }
  return false;
}

void Mask::Add(const Secret& secret) {
  const absl::string_view plain = secret.Reveal();
  if (plain.size() < kSecretBytesMin) return;
  const auto is_known = [&](const Secret& known) { return known.Reveal() == plain; };
  if (std::any_of(secrets_.begin(), secrets_.end(), is_known)) return;
  secrets_.push_back(secret);
  shortest_ = std::min(shortest_, plain.size());
  beginnings_.Add(plain);
  // The forms of the first bytes are prefixes of all bytes' forms, and fit into strings without heap memory.
  ForEachForm(plain.substr(0, kSecretBytesMin - 1), [this](absl::string_view form, bool) {
    if (form.size() >= Beginnings::kBytes) beginnings_.Add(form);
  });
}

bool Mask::MayBeIn(absl::string_view text) const {
  if (text.size() < shortest_) return false;
  for (const char escape : kEscapes) {
    if (absl::StrContains(text, escape)) return true;
  }
  return beginnings_.MayBeIn(text) && Forms(secrets_).AreIn(text);
}

bool Mask::Apply(std::string* text) const {
  if (!MayBeIn(*text)) return false;
  const Forms forms(secrets_);
  const std::size_t overlap = std::max(kOverlapMin, forms.longest() * kEscapedBytesPerByte);
  const std::size_t window = overlap * kWindowPerOverlap;
  bool masked = false;
  for (std::size_t begin = 0; begin < text->size(); begin += window - overlap) {
    const std::vector<bool> marked = forms.MarksIn(absl::string_view(*text).substr(begin, window));
    for (std::size_t i = 0; i < marked.size(); ++i) {
      if (!marked[i]) continue;
      (*text)[begin + i] = '*';
      masked = true;
    }
  }
  return masked;
}

}  // namespace firstmile::secrets
