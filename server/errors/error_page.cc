#include "errors/error_page.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace firstmile::errors {
namespace {

using Columns = std::vector<std::string>;

const Columns kStatusColumns = {"HTTP status", "without a code", "with an unknown code"};
const Columns kCodeColumns = {"code", "text contains", "reason", "remedy"};
const Columns kOutsideColumns = {"code", "text contains", "reason", "why it stands here"};

// Before a code that is meant with whatever module, and not without.
constexpr absl::string_view kAnyModule = "*.";

struct NamedCode {
  absl::string_view name;
  Code code;
};

constexpr NamedCode kCodes[] = {
    {"OK", Code::kOk},
    {"CANCELLED", Code::kCancelled},
    {"UNKNOWN", Code::kUnknown},
    {"INVALID_ARGUMENT", Code::kInvalidArgument},
    {"DEADLINE_EXCEEDED", Code::kDeadlineExceeded},
    {"NOT_FOUND", Code::kNotFound},
    {"PERMISSION_DENIED", Code::kPermissionDenied},
    {"RESOURCE_EXHAUSTED", Code::kResourceExhausted},
    {"FAILED_PRECONDITION", Code::kFailedPrecondition},
    {"INTERNAL", Code::kInternal},
    {"UNAVAILABLE", Code::kUnavailable},
    {"UNAUTHENTICATED", Code::kUnauthenticated},
};

// What Find can find: it looks at the lower-case form of this much of a code, without the space around.
bool CanBeCode(absl::string_view text) {
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(text)) == text &&
         text.size() <= ErrorPage::kTextBytesMax;
}
bool CanBeText(absl::string_view text) {
  return absl::AsciiStrToLower(text) == text && text.size() <= ErrorPage::kTextBytesMax;
}

absl::Status NoReason(int line, absl::string_view name) {
  return Broken(line, absl::StrCat(name, " is no reason of the contract"));
}

}  // namespace

absl::string_view NameOf(Code code) {
  for (const NamedCode& named : kCodes) {
    if (named.code == code) return named.name;
  }
  return "UNKNOWN";
}

absl::string_view WithoutModule(absl::string_view vendor_code) {
  const std::size_t dot = vendor_code.rfind('.');
  if (dot == absl::string_view::npos) return vendor_code;
  const absl::string_view module = vendor_code.substr(0, dot);
  const bool is_name = std::all_of(module.begin(), module.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
  });
  return is_name ? absl::StripLeadingAsciiWhitespace(vendor_code.substr(dot + 1)) : vendor_code;
}

absl::StatusOr<ErrorPage> ErrorPage::Parse(absl::string_view text) {
  absl::StatusOr<std::vector<MarkdownTable>> tables = ParseMarkdownTables(text);
  if (!tables.ok()) return tables.status();
  ErrorPage page;
  for (const MarkdownTable& table : *tables) {
    if (absl::Status read = page.ReadTable(table); !read.ok()) return read;
  }
  if (absl::Status whole = page.Complete(); !whole.ok()) return whole;
  return page;
}

absl::Status ErrorPage::ReadTable(const MarkdownTable& table) {
  const bool codes = table.columns == kCodeColumns || table.columns == kOutsideColumns;
  const bool statuses = table.columns == kStatusColumns;
  if (!codes && !statuses) {
    return Broken(table.line, "these are not the columns of a table of this page");
  }
  for (const MarkdownRow& row : table.rows) {
    absl::Status read;
    if (codes) read = ReadCodes(table, row);
    if (statuses) read = ReadStatus(table, row);
    if (!read.ok()) return read;
  }
  return absl::OkStatus();
}

absl::Status ErrorPage::ReadCodes(const MarkdownTable& table, const MarkdownRow& row) {
  const bool outside = table.columns == kOutsideColumns;
  ErrorRow read{.section = table.heading, .line = row.line};
  read.reason = FindReason(row.cells[2]);
  if (read.reason == nullptr) return NoReason(row.line, row.cells[2]);
  if (outside && row.cells[3].empty()) return Broken(row.line, "say why this row stands here");
  read.remedy = outside || row.cells[3].empty() ? std::string(read.reason->remedy) : row.cells[3];
  read.source = outside ? row.cells[3] : "";
  const absl::StatusOr<std::vector<std::string>> codes = CodeSpans(row.cells[0]);
  if (!codes.ok()) return Broken(row.line, codes.status().message());
  if (codes->empty()) return Broken(row.line, "a row needs a code");
  absl::StatusOr<std::vector<std::string>> texts = CodeSpans(row.cells[1]);
  if (!texts.ok()) return Broken(row.line, texts.status().message());
  if (texts->empty()) texts->emplace_back();
  for (const std::string& code : *codes) {
    for (const std::string& text : *texts) {
      if (!CanBeCode(code) || !CanBeText(text)) {
        return Broken(
            row.line,
            absl::StrCat("write codes and texts in lower case, without space around a code and in at most ",
                         kTextBytesMax, " bytes"));
      }
      read.code = code;
      read.text = text;
      read.pattern = TextPattern(text);
      if (!read.pattern.is_whole()) return Broken(row.line, "write words on both sides of a gap");
      rows_.push_back(read);
    }
  }
  return absl::OkStatus();
}

absl::Status ErrorPage::ReadStatus(const MarkdownTable& table, const MarkdownRow& row) {
  const absl::StatusOr<std::vector<std::string>> statuses = CodeSpans(row.cells[0]);
  if (!statuses.ok()) return Broken(row.line, statuses.status().message());
  for (const std::string& status : *statuses) {
    ErrorRow read{.http_status = status, .section = table.heading, .line = row.line};
    StatusRows both;
    for (auto [target, reason] :
         {std::pair(&both.without_code, &row.cells[1]), std::pair(&both.with_unknown_code, &row.cells[2])}) {
      read.reason = FindReason(*reason);
      if (read.reason == nullptr) return NoReason(row.line, *reason);
      read.remedy = std::string(read.reason->remedy);
      *target = read;
    }
    if (!by_status_.emplace(status, both).second) return Broken(row.line, "this status stands twice");
  }
  return absl::OkStatus();
}

absl::Status ErrorPage::Complete() {
  for (const char* needed : {"none", "other"}) {
    if (!by_status_.contains(needed)) {
      return Broken(0, absl::StrCat("the table of HTTP statuses has no row for ", needed));
    }
  }
  for (const ErrorRow& row : rows_) {
    std::vector<const ErrorRow*>& same = by_code_[row.code];
    for (const ErrorRow* other : same) {
      if (other->pattern == row.pattern) {
        return Broken(row.line, absl::StrCat("code and text stand in line ", other->line, " already"));
      }
    }
    const auto shorter = std::find_if(same.begin(), same.end(), [&row](const ErrorRow* other) {
      return other->pattern.weight() < row.pattern.weight();
    });
    same.insert(shorter, &row);
  }
  return absl::OkStatus();
}

const ErrorRow* ErrorPage::Find(absl::string_view vendor_code, absl::string_view vendor_message) const {
  const std::string code =
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(vendor_code.substr(0, kTextBytesMax)));
  const std::string text = FoldText(vendor_message.substr(0, kTextBytesMax));
  const absl::string_view bare = WithoutModule(code);
  const ErrorRow* best = FindExactly(code, text);
  if (bare.size() == code.size()) return best;
  for (const std::string& key : {absl::StrCat(kAnyModule, bare), std::string(bare)}) {
    const ErrorRow* row = FindExactly(key, text);
    const bool better = row != nullptr && (best == nullptr || row->pattern.weight() > best->pattern.weight());
    if (better) best = row;
  }
  return best;
}

const ErrorRow* ErrorPage::FindExactly(absl::string_view code, absl::string_view folded_text) const {
  const auto rows = by_code_.find(code);
  if (rows == by_code_.end()) return nullptr;
  for (const ErrorRow* row : rows->second) {
    if (row->pattern.FitsIn(folded_text)) return row;
  }
  return nullptr;
}

const ErrorRow& ErrorPage::FindByStatus(int http_status, bool with_code) const {
  const std::string exact = http_status == 0 ? "none" : absl::StrCat(http_status);
  auto found = by_status_.find(exact);
  if (found == by_status_.end()) found = by_status_.find(absl::StrCat(http_status / 100, "xx"));
  if (found == by_status_.end()) found = by_status_.find("other");
  return with_code ? found->second.with_unknown_code : found->second.without_code;
}

}  // namespace firstmile::errors
