#include "codec/json_repair.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "text/clean_text.h"

namespace firstmile::codec {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

// Every number of at most this many characters fits into 64 bits.
constexpr std::size_t kSafeNumberLength = 18;

// A longer number is left for the parser to reject.
constexpr std::size_t kNumberLengthMax = 400;

constexpr std::size_t kUnicodeEscapeLength = 6;  // \uXXXX

// True for bytes that need no further check.
bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

bool IsNumberStart(char c) {
  return (c >= '0' && c <= '9') || c == '-';
}

bool IsNumberPart(char c) {
  return IsNumberStart(c) || c == '+' || c == '.' || c == 'e' || c == 'E';
}

// Copies nothing before the first fault, and intact text in runs.
class Repairer {
 public:
  explicit Repairer(absl::string_view json) : json_(json) {}

  std::optional<std::string> Run() {
    while (at_ < json_.size() && repairs_ <= kRepairsMax) {
      const char c = json_[at_];
      if (c == '"') {
        in_text_ = !in_text_;
        ++at_;
      } else if (in_text_) {
        TextCharacter(c);
      } else if (IsNumberStart(c)) {
        Number();
      } else {
        ++at_;
      }
    }
    if (repairs_ == 0 || repairs_ > kRepairsMax) return std::nullopt;
    CopyUpTo(json_.size());
    return std::move(repaired_);
  }

 private:
  void CopyUpTo(std::size_t end) {
    if (repaired_.empty()) repaired_.reserve(json_.size());
    repaired_.append(json_.data() + copied_, end - copied_);
    copied_ = end;
  }

  void Replace(std::size_t length, absl::string_view by) {
    CopyUpTo(at_);
    absl::StrAppend(&repaired_, by);
    at_ += length;
    copied_ = at_;
    ++repairs_;
  }

  void TextCharacter(char c) {
    if (IsPlain(c)) {
      ++at_;
    } else if (c == '\\') {
      Escape();
    } else if (static_cast<unsigned char>(c) < 0x20) {
      Replace(1, absl::StrCat("\\u", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad4)));
    } else if (const std::size_t length = text::Utf8SequenceLength(json_.substr(at_)); length > 0) {
      at_ += length;
    } else {
      Replace(1, kReplacement);
    }
  }

  void Escape() {
    const Surrogate first = SurrogateAt(at_);
    if (first == Surrogate::kNone) {
      at_ = std::min(at_ + 2, json_.size());
    } else if (first == Surrogate::kLeading &&
               SurrogateAt(at_ + kUnicodeEscapeLength) == Surrogate::kTrailing) {
      at_ += 2 * kUnicodeEscapeLength;
    } else {
      Replace(kUnicodeEscapeLength, kReplacement);
    }
  }

  enum class Surrogate { kNone, kLeading, kTrailing };

  // Which half of a surrogate pair the escape at `at` is.
  Surrogate SurrogateAt(std::size_t at) const {
    if (json_.size() < at + kUnicodeEscapeLength || json_[at] != '\\' || json_[at + 1] != 'u') {
      return Surrogate::kNone;
    }
    const char high = json_[at + 2];
    const char half = absl::ascii_tolower(static_cast<unsigned char>(json_[at + 3]));
    const bool digits = absl::ascii_isxdigit(static_cast<unsigned char>(json_[at + 4])) &&
                        absl::ascii_isxdigit(static_cast<unsigned char>(json_[at + 5]));
    if ((high != 'd' && high != 'D') || !digits) return Surrogate::kNone;
    if (absl::string_view("89ab").find(half) != absl::string_view::npos) return Surrogate::kLeading;
    return absl::string_view("cdef").find(half) != absl::string_view::npos ? Surrogate::kTrailing
                                                                           : Surrogate::kNone;
  }

  void Number() {
    std::size_t end = at_ + 1;
    while (end < json_.size() && IsNumberPart(json_[end])) ++end;
    const absl::string_view number = json_.substr(at_, end - at_);
    const bool safe =
        number.size() <= kSafeNumberLength && number.find_first_of("eE") == absl::string_view::npos;
    if (safe || number.size() > kNumberLengthMax) {
      at_ += number.size();
    } else {
      Replace(number.size(), absl::StrCat("\"", number, "\""));
    }
  }

  const absl::string_view json_;
  std::size_t at_ = 0;
  std::size_t copied_ = 0;  // json_ up to here is in mended_, repaired
  std::string repaired_;
  bool in_text_ = false;
  std::size_t repairs_ = 0;
};

}  // namespace

std::optional<std::string> RepairJson(absl::string_view json) {
  return Repairer(json).Run();
}

}  // namespace firstmile::codec
