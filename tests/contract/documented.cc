#include "contract/documented.h"

#include <algorithm>
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

// The lines without comments and empty ones.
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

// What only Shopee's sample shows is documented without a type. A member with others below it is an object.
void AddMissingTypes(std::vector<DocumentedField>* fields) {
  for (DocumentedField& field : *fields) {
    if (field.type != "undocumented") continue;
    const auto holds = [&](absl::string_view below) {
      return std::any_of(fields->begin(), fields->end(), [&](const DocumentedField& other) {
        return absl::StartsWith(other.path, absl::StrCat(field.path, below));
      });
    };
    if (holds("[].")) {
      field.type = "object[]";
    } else if (holds(".")) {
      field.type = "object";
    }
  }
}

// Parameters that the text of a page names, and its table does not.
void AddParametersInTexts(DocumentedOperation* operation) {
  if (operation->rpc != "LogisticsService/ShipBooking") return;
  operation->asked.push_back({"dropoff.sender_real_name", "string"});
  operation->asked.push_back({"dropoff.tracking_no", "string"});
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
  for (DocumentedOperation& operation : operations) {
    AddMissingTypes(&operation.answered);
    AddParametersInTexts(&operation);
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
