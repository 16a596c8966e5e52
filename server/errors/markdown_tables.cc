#include "errors/markdown_tables.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace firstmile::errors {
namespace {

absl::StatusOr<std::vector<std::string>> Cells(absl::string_view line, int number) {
  if (!absl::ConsumePrefix(&line, "|") || !absl::ConsumeSuffix(&line, "|")) {
    return Broken(number, "a line of a table must start and end with a bar");
  }
  std::vector<std::string> cells = absl::StrSplit(line, '|');
  for (std::string& cell : cells) absl::StripAsciiWhitespace(&cell);
  return cells;
}

bool AreDashes(const std::vector<std::string>& cells) {
  return std::all_of(cells.begin(), cells.end(), [](const std::string& cell) {
    return !cell.empty() && cell.find_first_not_of("-:") == std::string::npos;
  });
}

// Reads a page line by line.
class TableReader {
 public:
  absl::Status Take(absl::string_view line, int number) {
    if (!absl::StartsWith(line, "|")) {
      if (inside_ && !dashes_seen_) return Broken(number, "a table needs a line of dashes under its columns");
      inside_ = false;
      if (absl::StartsWith(line, "#")) heading_ = std::string(absl::StripAsciiWhitespace(HeadingText(line)));
      return absl::OkStatus();
    }
    absl::StatusOr<std::vector<std::string>> cells = Cells(line, number);
    if (!cells.ok()) return cells.status();
    return inside_ ? TakeInside(*std::move(cells), number) : Open(*std::move(cells), number);
  }
  std::vector<MarkdownTable> Release() { return std::move(tables_); }

 private:
  static absl::string_view HeadingText(absl::string_view line) {
    return line.substr(std::min(line.find_first_not_of('#'), line.size()));
  }
  absl::Status Open(std::vector<std::string> columns, int number) {
    tables_.push_back({heading_, number, std::move(columns), {}});
    inside_ = true;
    dashes_seen_ = false;
    return absl::OkStatus();
  }
  absl::Status TakeInside(std::vector<std::string> cells, int number) {
    MarkdownTable& table = tables_.back();
    if (cells.size() != table.columns.size()) {
      return Broken(number, absl::StrCat(cells.size(), " cells in a table of ", table.columns.size()));
    }
    if (dashes_seen_) {
      table.rows.push_back({number, std::move(cells)});
      return absl::OkStatus();
    }
    dashes_seen_ = AreDashes(cells);
    return dashes_seen_ ? absl::OkStatus()
                        : Broken(number, "a table needs a line of dashes under its columns");
  }

  std::vector<MarkdownTable> tables_;
  std::string heading_;
  bool inside_ = false;
  bool dashes_seen_ = false;
};

}  // namespace

absl::Status Broken(int line, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", why));
}

absl::StatusOr<std::vector<MarkdownTable>> ParseMarkdownTables(absl::string_view page) {
  TableReader reader;
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(page, '\n')) {
    if (absl::Status taken = reader.Take(absl::StripAsciiWhitespace(line), ++number); !taken.ok()) {
      return taken;
    }
  }
  if (absl::Status ended = reader.Take("", number + 1); !ended.ok()) return ended;
  return reader.Release();
}

absl::StatusOr<std::vector<std::string>> CodeSpans(absl::string_view cell) {
  std::vector<std::string> spans;
  if (cell.empty()) return spans;
  const std::vector<absl::string_view> parts = absl::StrSplit(cell, '`');  // outside, span, outside, ...
  if (parts.size() % 2 == 0) return absl::InvalidArgumentError("a backtick stands alone");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i % 2 == 1) {
      if (parts[i].empty()) return absl::InvalidArgumentError("nothing between two backticks");
      spans.emplace_back(parts[i]);
      continue;
    }
    const bool edge = i == 0 || i + 1 == parts.size();
    if (absl::StripAsciiWhitespace(parts[i]) != (edge ? "" : ",")) {
      return absl::InvalidArgumentError("write texts as `text`, with commas between them");
    }
  }
  return spans;
}

}  // namespace firstmile::errors
