// The tables of a Markdown page, as plain texts.
//
// Pure functions; safe from any thread. Only what our own pages need: a table starts with a line of column
// names and a line of dashes, every line of it starts and ends with a bar, and no cell holds a bar.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace firstmile::errors {

struct MarkdownRow {
  int line = 0;                    // of the page, from 1
  std::vector<std::string> cells;  // as many as the table has columns, without space around them
};

struct MarkdownTable {
  std::string heading;  // the nearest one above
  int line = 0;
  std::vector<std::string> columns;
  std::vector<MarkdownRow> rows;
};

// The error of a page that cannot be read, with the line, from 1.
absl::Status Broken(int line, absl::string_view why);

// Fails with kInvalidArgument and the line of a table that lacks its line of dashes or has a row of another
// width.
absl::StatusOr<std::vector<MarkdownTable>> ParseMarkdownTables(absl::string_view page);

// The texts of a cell that lists them as `code`, with commas between them. Fails when there is anything else
// in the cell; an empty cell gives an empty list.
absl::StatusOr<std::vector<std::string>> CodeSpans(absl::string_view cell);

}  // namespace firstmile::errors
