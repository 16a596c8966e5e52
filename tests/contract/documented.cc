#include "contract/documented.h"

#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace firstmile::testing {
namespace {

struct Line {
  bool indented;
  std::vector<std::string> words;
};

// Without comments and empty lines.
std::vector<Line> ReadLines(const std::string& file) {
  std::ifstream stream(absl::StrCat(FIRSTMILE_CONTRACT_DIR, "/", file));
  std::vector<Line> lines;
  for (std::string text; std::getline(stream, text);) {
    if (text.empty() || absl::StartsWith(text, "#")) continue;
    const std::vector<std::string> words = absl::StrSplit(text, ' ', absl::SkipEmpty());
    lines.push_back({absl::StartsWith(text, " "), words});
  }
  return lines;
}

}  // namespace

std::vector<DocumentedOperation> ReadDocumentedOperations() {
  std::vector<DocumentedOperation> operations;
  for (const auto& [indented, words] : ReadLines("documented_fields.txt")) {
    if (!indented) {
      operations.push_back(
          {.rpc = words.at(0), .verb = words.at(1), .path = words.at(2), .asked = {}, .answered = {}});
    } else {
      DocumentedOperation& operation = operations.back();
      (words.at(0) == "ask" ? operation.asked : operation.answered).push_back({words.at(1), words.at(2)});
    }
  }
  return operations;
}

std::vector<DocumentedStates> ReadDocumentedStates() {
  std::vector<DocumentedStates> states;
  std::size_t first_of_block = 0;
  bool heads = false;
  for (const auto& [indented, words] : ReadLines("documented_states.txt")) {
    if (!indented) {
      if (!heads) first_of_block = states.size();
      states.push_back({.rpc = words.at(0), .path = words.at(1), .texts = {}});
    }
    heads = !indented;
    for (std::size_t i = first_of_block; indented && i < states.size(); ++i) {
      states[i].texts.insert(states[i].texts.end(), words.begin(), words.end());
    }
  }
  return states;
}

}  // namespace firstmile::testing
