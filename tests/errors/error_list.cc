#include "errors/error_list.h"

#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace firstmile::errors {

std::vector<ListedError> ReadErrorList(const std::string& file) {
  std::ifstream in(std::string(FIRSTMILE_ERRORS_DIR) + "/" + file);
  EXPECT_TRUE(in.is_open()) << file;
  std::vector<ListedError> errors;
  std::string reason;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const std::string where = absl::StrCat(file, ":", number);
    const std::size_t bar = line.find(" | ");
    if (absl::StartsWith(line, "## ")) {
      reason = line.substr(3);
    } else if (!absl::StartsWith(line, "#") && bar != std::string::npos) {
      errors.push_back({line.substr(0, bar), line.substr(bar + 3), reason, where});
    } else {
      EXPECT_TRUE(line.empty() || absl::StartsWith(line, "#")) << where;
    }
  }
  return errors;
}

std::vector<ListedError> ListedErrors() {
  std::vector<ListedError> errors = ReadErrorList("documented_errors.txt");
  for (ListedError& sample : ReadErrorList("sample_errors.txt")) errors.push_back(std::move(sample));
  return errors;
}

}  // namespace firstmile::errors
