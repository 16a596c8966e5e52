#include "errors/error_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace firstmile::errors {
namespace {

constexpr absl::string_view kGap = " ... ";
constexpr absl::string_view kHardSpace = "\xC2\xA0";
constexpr absl::string_view kCurlyApostrophe = "\xE2\x80\x99";

bool IsBlank(char c) {
  return absl::ascii_isspace(static_cast<unsigned char>(c)) || c == '_' || c == '-';
}

bool IsInsideWord(absl::string_view text, std::size_t at) {
  return at > 0 && absl::ascii_isalnum(static_cast<unsigned char>(text[at - 1]));
}

// Where `group` begins a word of `text`, from `from` on; npos when it does not.
std::size_t FindWords(absl::string_view text, absl::string_view group, std::size_t from) {
  std::size_t at = text.find(group, from);
  while (at != absl::string_view::npos && IsInsideWord(text, at)) at = text.find(group, at + 1);
  return at;
}

}  // namespace

std::string FoldText(absl::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  while (!text.empty()) {
    const bool hard = absl::StartsWith(text, kHardSpace);
    const bool apostrophe = absl::StartsWith(text, kCurlyApostrophe);
    if (hard || IsBlank(text.front())) {
      if (folded.empty() || folded.back() != ' ') folded.push_back(' ');
    } else {
      folded.push_back(apostrophe ? '\'' : absl::ascii_tolower(static_cast<unsigned char>(text.front())));
    }
    text.remove_prefix(hard ? kHardSpace.size() : apostrophe ? kCurlyApostrophe.size() : 1);
  }
  return folded;
}

TextPattern::TextPattern(absl::string_view written) {
  if (written.empty()) return;
  for (const absl::string_view group : absl::StrSplit(written, kGap)) {
    groups_.push_back(FoldText(group));
    weight_ += groups_.back().size();
  }
}

bool TextPattern::FitsIn(absl::string_view folded) const {
  std::size_t from = 0;
  for (const std::string& group : groups_) {
    const std::size_t at = FindWords(folded, group, from);
    if (at == absl::string_view::npos) return false;
    from = at + group.size();
  }
  return true;
}

bool TextPattern::is_whole() const {
  return std::all_of(groups_.begin(), groups_.end(), [](const std::string& group) { return !group.empty(); });
}

}  // namespace firstmile::errors
