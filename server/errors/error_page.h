// The table from the platform's codes and texts to their meaning, read from a Markdown page
// (vendor_codes.md says how to write it).
//
// Immutable after Parse; safe to share between threads. Meanings and rows live as long as their page.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "errors/markdown_tables.h"
#include "errors/verdict.h"

namespace firstmile::errors {

// The reasons that the program itself asks for; every page has them.
inline constexpr absl::string_view kUnknownReason = "UPSTREAM_ERROR";
inline constexpr absl::string_view kAllFailedReason = "BATCH_ALL_FAILED";

// What an error means for the caller and for the retry.
struct Meaning {
  std::string reason;  // UPPER_SNAKE
  Code code = Code::kUnknown;
  Recovery recovery = Recovery::kNone;
  absl::Duration pause = absl::ZeroDuration();  // zero: waiting is no help, or nobody knows how long
  bool until_quota_renews = false;              // then the pause ends at 00:00 UTC+8
  std::string remedy;                           // may be empty
};

// A code with a fragment of its texts, or an HTTP status, and what it means.
struct ErrorRow {
  std::string code = "";         // lower-case, without module unless only that module's code is meant
  std::string text = "";         // lower-case fragment of the message; empty fits every message
  std::string http_status = "";  // as the page writes it; empty in rows of codes
  std::string section = "";      // the heading above
  const Meaning* meaning = nullptr;
  std::string remedy = "";  // the row's own or that of the meaning
  std::string source = "";  // why the row stands there when the reference does not have it; else empty
  int line = 0;
};

class ErrorPage {
 public:
  // Most bytes of a message that are looked at.
  static constexpr std::size_t kTextBytesMax = 4096;

  // Fails with kInvalidArgument and the line: an unknown meaning, code name, recovery or column, a row that
  // stands twice, a table that is missing.
  static absl::StatusOr<ErrorPage> Parse(absl::string_view page);

  ErrorPage(ErrorPage&&) = default;
  ErrorPage& operator=(ErrorPage&&) = default;

  // The row for an error; null when the code is not on the page. Of the rows whose code fits and whose text
  // the message contains, the one with the longest text decides, at equal length the one that names the
  // module. So the order of the rows does not count, and no row can hide another.
  const ErrorRow* Find(absl::string_view vendor_code, absl::string_view vendor_message) const;

  // The row for an answer without a code, or with a code that is not on the page.
  const ErrorRow& FindByStatus(int http_status, bool with_code) const;

  const std::vector<Meaning>& meanings() const { return meanings_; }
  const std::vector<ErrorRow>& rows() const { return rows_; }  // of codes, in the page's order

 private:
  // One HTTP status of the page; 0 is `none`.
  struct StatusRows {
    ErrorRow without_code;
    ErrorRow with_unknown_code;
  };

  ErrorPage() = default;

  absl::Status ReadMeanings(const std::vector<MarkdownTable>& tables);
  absl::Status ReadTable(const MarkdownTable& table);
  absl::Status ReadMeaning(const MarkdownTable& table, const MarkdownRow& row);
  absl::Status ReadCodes(const MarkdownTable& table, const MarkdownRow& row);
  absl::Status ReadStatus(const MarkdownTable& table, const MarkdownRow& row);
  absl::Status Complete();
  const Meaning* MeaningOf(absl::string_view reason) const;

  std::vector<Meaning> meanings_;
  std::vector<ErrorRow> rows_;
  absl::flat_hash_map<std::string, std::vector<const ErrorRow*>> by_code_;  // the longest text first
  absl::flat_hash_map<std::string, StatusRows> by_status_;
};

// "NOT_FOUND" for kNotFound.
absl::string_view NameOf(Code code);

// The code without the module that some pages put before it: common., firstmile., logistics., order.
absl::string_view WithoutModule(absl::string_view vendor_code);

}  // namespace firstmile::errors
