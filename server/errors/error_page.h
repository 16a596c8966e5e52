// The table from Shopee's codes and texts to reasons, read from a Markdown page (vendor_codes.md says how to
// write it).
//
// Immutable after Parse; safe to share between threads. Rows live as long as their page.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "errors/error_text.h"
#include "errors/markdown_tables.h"
#include "errors/reasons.h"

namespace firstmile::errors {

// The reason of what no row says.
inline constexpr absl::string_view kUnknownReason = "UPSTREAM_ERROR";
// The reason of a batch of which every element failed.
inline constexpr absl::string_view kAllFailedReason = "BATCH_ALL_FAILED";

// A code with a fragment of its texts, or an HTTP status, and the reason that it has.
struct ErrorRow {
  std::string code = "";         // lower-case, without module unless only that module's code is meant
  std::string text = "";         // lower-case words of the message; empty fits every message
  TextPattern pattern = {};      // of the text
  std::string http_status = "";  // as the page writes it; empty in rows of codes
  std::string section = "";      // the heading above
  const Reason* reason = nullptr;
  std::string remedy = "";  // the row's own or that of the reason
  std::string source = "";  // why the row stands there when the reference does not have it; else empty
  int line = 0;
};

class ErrorPage {
 public:
  // Most bytes of a message that are looked at.
  static constexpr std::size_t kTextBytesMax = 4096;

  // Fails with kInvalidArgument and the line: an unknown reason or column, a row that stands twice, an
  // HTTP status that is missing.
  static absl::StatusOr<ErrorPage> Parse(absl::string_view page);

  ErrorPage(ErrorPage&&) = default;
  ErrorPage& operator=(ErrorPage&&) = default;

  // The row for an error; null when the code is not on the page. Of the rows whose code fits and whose words
  // the message has, the one with the longest text decides, at equal length the one that names the module,
  // then the one of any module. So the order of the rows does not count, and no row can hide another.
  const ErrorRow* Find(absl::string_view vendor_code, absl::string_view vendor_message) const;

  // The row for an answer without a code, or with a code that is not on the page.
  const ErrorRow& FindByStatus(int http_status, bool with_code) const;

  const std::vector<ErrorRow>& rows() const { return rows_; }  // of codes, in the page's order

 private:
  // One HTTP status of the page; 0 is `none`.
  struct StatusRows {
    ErrorRow without_code;
    ErrorRow with_unknown_code;
  };

  ErrorPage() = default;

  absl::Status ReadTable(const MarkdownTable& table);
  absl::Status ReadCodes(const MarkdownTable& table, const MarkdownRow& row);
  absl::Status ReadStatus(const MarkdownTable& table, const MarkdownRow& row);
  absl::Status Complete();
  const ErrorRow* FindExactly(absl::string_view code, absl::string_view folded_text) const;

  std::vector<ErrorRow> rows_;
  absl::flat_hash_map<std::string, std::vector<const ErrorRow*>> by_code_;  // the longest text first
  absl::flat_hash_map<std::string, StatusRows> by_status_;
};

// "NOT_FOUND" for kNotFound.
absl::string_view NameOf(Code code);

// The code without the module that Shopee puts before some, whichever it is: "error_limit" for
// "product.error_limit". Two documented codes have a blank after the module: "order. error_param".
absl::string_view WithoutModule(absl::string_view vendor_code);

}  // namespace firstmile::errors
