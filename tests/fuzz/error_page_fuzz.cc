// The page of Shopee's error codes after arbitrary edits.
#include <google/protobuf/descriptor.h>

#include <tuple>

#include "absl/strings/match.h"
#include "errors/error_page.h"
#include "fuzz/fuzz.h"

namespace firstmile::fuzzing {
namespace {

void CheckTables(absl::string_view page) {
  const auto tables = errors::ParseMarkdownTables(page);
  if (!tables.ok()) {
    Promise(absl::StartsWith(tables.status().message(), "line "), "a broken table is told with its line");
    return;
  }
  for (const errors::MarkdownTable& table : *tables) {
    for (const errors::MarkdownRow& row : table.rows) {
      Promise(row.cells.size() == table.columns.size(), "a row has a cell for each column");
      Promise(row.line > table.line, "a row stands below its table's begin");
    }
  }
}

void CheckPage(absl::string_view text) {
  const absl::StatusOr<errors::ErrorPage> page = errors::ErrorPage::Parse(text);
  if (!page.ok()) {
    Promise(absl::StartsWith(page.status().message(), "line "), "what is wrong is told with its line",
            page.status().ToString());
    return;
  }
  for (const errors::ErrorRow& row : page->rows()) {
    const errors::ErrorRow* found = page->Find(row.code, row.text);
    Promise(found != nullptr, "each row is found by its own code and text", row.code);
    Promise(found->pattern.weight() >= row.pattern.weight(), "and a longer text goes first", row.code);
  }
  for (const int status : {-1, 0, 1, 200, 404, 599, 1000}) {
    Promise(page->FindByStatus(status, false).reason != nullptr, "every HTTP status has a reason");
  }
}

}  // namespace
}  // namespace firstmile::fuzzing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  firstmile::fuzzing::CheckTables(text);
  firstmile::fuzzing::CheckPage(text);
  std::ignore = firstmile::errors::CodeSpans(text);
  return 0;
}
