// The tables of a page of documentation, for tests that compare the page with the program.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace firstmile::testing {

inline std::string ReadPage(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// A cell without the quotes of code.
inline std::string CellText(absl::string_view cell) {
  cell = absl::StripAsciiWhitespace(cell);
  return std::string(absl::StripSuffix(absl::StripPrefix(cell, "`"), "`"));
}

// The rows below each heading that is followed by a table, without the head of the table; by heading.
using Rows = std::vector<std::vector<std::string>>;
inline std::map<std::string, Rows> TablesOf(const std::string& page) {
  std::map<std::string, Rows> tables;
  std::string heading;
  bool body = false;
  for (const absl::string_view line : absl::StrSplit(page, '\n')) {
    if (absl::StartsWith(line, "#")) {
      heading = std::string(absl::StripAsciiWhitespace(line.substr(line.find_first_not_of('#'))));
    }
    if (!absl::StartsWith(line, "|")) {
      body = false;
    } else if (absl::StartsWith(line, "|-")) {
      body = true;
    } else if (body) {
      std::vector<std::string> cells;
      for (const absl::string_view cell : absl::StrSplit(absl::StripSuffix(line.substr(1), "|"), '|')) {
        cells.push_back(CellText(cell));
      }
      tables[heading].push_back(std::move(cells));
    }
  }
  return tables;
}

}  // namespace firstmile::testing
