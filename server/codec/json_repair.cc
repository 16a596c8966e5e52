#include "codec/json_repair.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "errors/utf8.h"

namespace firstmile::codec {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

// Every number of at most this many characters fits into 64 bits.
constexpr std::size_t kSafeNumberLength = 18;

constexpr std::size_t kUnicodeEscapeLength = 6;  // \uXXXX

class Mender {
 public:
  explicit Mender(absl::string_view json) : rest_(json) { mended_.reserve(json.size()); }

  std::optional<std::string> Run() {
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '"') {
        in_text_ = !in_text_;
        Keep(1);
      } else if (in_text_) {
        TextCharacter(c);
      } else if (absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-') {
        Number();
      } else {
        Keep(1);
      }
    }
    if (!changed_) return std::nullopt;
    return std::move(mended_);
  }

 private:
  void Keep(std::size_t length) {
    mended_.append(rest_.data(), std::min(length, rest_.size()));
    rest_.remove_prefix(std::min(length, rest_.size()));
  }

  void Replace(std::size_t length, absl::string_view by) {
    absl::StrAppend(&mended_, by);
    rest_.remove_prefix(length);
    changed_ = true;
  }

  void TextCharacter(char c) {
    if (c == '\\') return Escape();
    if (static_cast<unsigned char>(c) < 0x20) {
      return Replace(1, absl::StrCat("\\u", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad4)));
    }
    const std::size_t length = errors::Utf8SequenceLength(rest_);
    if (length == 0) return Replace(1, kReplacement);
    Keep(length);
  }

  void Escape() {
    const int first = SurrogateAt(0);
    if (first == 0) return Keep(2);
    const bool pair = first == 1 && SurrogateAt(kUnicodeEscapeLength) == 2;
    if (pair) return Keep(2 * kUnicodeEscapeLength);
    Replace(kUnicodeEscapeLength, kReplacement);
  }

  // 1 for the escape of a leading surrogate, 2 for a trailing one, 0 for anything else.
  int SurrogateAt(std::size_t at) const {
    if (rest_.size() < at + kUnicodeEscapeLength) return 0;
    const std::string escape = absl::AsciiStrToLower(rest_.substr(at, kUnicodeEscapeLength));
    if (!absl::StartsWith(escape, "\\ud")) return 0;
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(escape[4])) ||
        !absl::ascii_isxdigit(static_cast<unsigned char>(escape[5]))) {
      return 0;
    }
    if (absl::string_view("89ab").find(escape[3]) != absl::string_view::npos) return 1;
    return absl::string_view("cdef").find(escape[3]) != absl::string_view::npos ? 2 : 0;
  }

  void Number() {
    const std::size_t length = std::min(rest_.find_first_not_of("0123456789+-.eE"), rest_.size());
    const absl::string_view number = rest_.substr(0, length);
    const bool safe = length <= kSafeNumberLength && number.find_first_of("eE") == absl::string_view::npos;
    if (safe) return Keep(length);
    Replace(length, absl::StrCat("\"", number, "\""));
  }

  absl::string_view rest_;
  std::string mended_;
  bool in_text_ = false;
  bool changed_ = false;
};

}  // namespace

std::optional<std::string> RepairJson(absl::string_view json) {
  return Mender(json).Run();
}

}  // namespace firstmile::codec
