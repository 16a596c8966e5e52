// How texts of errors are compared: by their words, whatever stands between them.
//
// Immutable values and a pure function; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace firstmile::errors {

// `text` in lower case, with one space for each run of blanks, underscores and hyphens (blanks that do not
// break too), and a straight apostrophe for a curly one.
std::string FoldText(absl::string_view text);

// What a row of the table of errors asks of a text: words, or several groups of words in their order, written
// with " ... " between them.
class TextPattern {
 public:
  TextPattern() = default;  // fits every text
  explicit TextPattern(absl::string_view written);

  // `folded` comes from FoldText. Each group must begin where a word begins, after the group before it.
  bool FitsIn(absl::string_view folded) const;

  // Bytes of the groups; the larger weight says more.
  std::size_t weight() const { return weight_; }

  // False when a group is empty, as in "a ... ".
  bool is_whole() const;

  friend bool operator==(const TextPattern& one, const TextPattern& other) {
    return one.groups_ == other.groups_;
  }

 private:
  std::vector<std::string> groups_;
  std::size_t weight_ = 0;
};

}  // namespace firstmile::errors
