#include "errors/error_page.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace firstmile::errors {
namespace {

using Columns = std::vector<std::string>;

const Columns kMeaningColumns = {"reason", "gRPC code", "the sidecar", "pause", "remedy"};
const Columns kStatusColumns = {"HTTP status", "without a code", "with an unknown code"};
const Columns kCodeColumns = {"code", "text contains", "meaning", "remedy"};
const Columns kOutsideColumns = {"code", "text contains", "meaning", "why it stands here"};

constexpr absl::string_view kQuotaPause = "until 00:00 UTC+8";
constexpr absl::Duration kPauseMax = absl::Hours(24);

template <typename Value>
struct Named {
  absl::string_view name;
  Value value;
};

constexpr Named<Code> kCodes[] = {
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

constexpr Named<Recovery> kRecoveries[] = {
    {"passes it on", Recovery::kNone},
    {"refreshes the token", Recovery::kRefreshToken},
    {"corrects its clock", Recovery::kCorrectClock},
    {"backs off", Recovery::kBackOff},
    {"repeats what may be repeated", Recovery::kRetryRead},
};

template <typename Value, std::size_t kSize>
std::optional<Value> ValueOf(const Named<Value> (&values)[kSize], absl::string_view name) {
  for (const Named<Value>& value : values) {
    if (value.name == name) return value.value;
  }
  return std::nullopt;
}

bool IsReason(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isupper(static_cast<unsigned char>(c)) || c == '_';
  });
}

absl::Status ReadPause(absl::string_view cell, int line, Meaning* meaning) {
  meaning->until_quota_renews = cell == kQuotaPause;
  if (cell.empty() || meaning->until_quota_renews) return absl::OkStatus();
  if (!absl::ParseDuration(cell, &meaning->pause) || meaning->pause <= absl::ZeroDuration() ||
      meaning->pause > kPauseMax) {
    return Broken(line, absl::StrCat("a pause is a time such as 1s, at most ",
                                     absl::FormatDuration(kPauseMax), ", or ", kQuotaPause, ", not ", cell));
  }
  return absl::OkStatus();
}

// What Find can find: it looks at the lower-case form of this much of a code, without the space around.
bool CanBeCode(absl::string_view text) {
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(text)) == text &&
         text.size() <= ErrorPage::kTextBytesMax;
}
bool CanBeText(absl::string_view text) {
  return absl::AsciiStrToLower(text) == text && text.size() <= ErrorPage::kTextBytesMax;
}

}  // namespace

absl::string_view NameOf(Code code) {
  for (const Named<Code>& named : kCodes) {
    if (named.value == code) return named.name;
  }
  return "UNKNOWN";
}

absl::string_view WithoutModule(absl::string_view vendor_code) {
  for (absl::string_view module : {"common.", "firstmile.", "logistics.", "order."}) {
    if (absl::ConsumePrefix(&vendor_code, module)) break;
  }
  return vendor_code;
}

absl::StatusOr<ErrorPage> ErrorPage::Parse(absl::string_view text) {
  absl::StatusOr<std::vector<MarkdownTable>> tables = ParseMarkdownTables(text);
  if (!tables.ok()) return tables.status();
  ErrorPage page;
  if (absl::Status read = page.ReadMeanings(*tables); !read.ok()) return read;
  for (const MarkdownTable& table : *tables) {
    if (absl::Status read = page.ReadTable(table); !read.ok()) return read;
  }
  if (absl::Status whole = page.Complete(); !whole.ok()) return whole;
  return page;
}

// Meanings come first, wherever they stand: rows point to them.
absl::Status ErrorPage::ReadMeanings(const std::vector<MarkdownTable>& tables) {
  for (const MarkdownTable& table : tables) {
    if (table.columns != kMeaningColumns) continue;
    for (const MarkdownRow& row : table.rows) {
      if (absl::Status read = ReadMeaning(table, row); !read.ok()) return read;
    }
  }
  for (const absl::string_view needed : {kUnknownReason, kAllFailedReason}) {
    if (MeaningOf(needed) == nullptr) return Broken(0, absl::StrCat("no meaning has the reason ", needed));
  }
  return absl::OkStatus();
}

absl::Status ErrorPage::ReadTable(const MarkdownTable& table) {
  const bool codes = table.columns == kCodeColumns || table.columns == kOutsideColumns;
  const bool statuses = table.columns == kStatusColumns;
  if (!codes && !statuses && table.columns != kMeaningColumns) {
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

absl::Status ErrorPage::ReadMeaning(const MarkdownTable&, const MarkdownRow& row) {
  Meaning meaning;
  meaning.reason = row.cells[0];
  meaning.remedy = row.cells[4];
  if (!IsReason(meaning.reason)) return Broken(row.line, "a reason is written in UPPER_SNAKE");
  if (MeaningOf(meaning.reason) != nullptr) return Broken(row.line, "this reason stands twice");
  const std::optional<Code> code = ValueOf(kCodes, row.cells[1]);
  if (!code.has_value() || *code == Code::kOk)
    return Broken(row.line, absl::StrCat(row.cells[1], " is no gRPC code"));
  meaning.code = *code;
  const std::optional<Recovery> recovery = ValueOf(kRecoveries, row.cells[2]);
  if (!recovery.has_value()) return Broken(row.line, absl::StrCat("nobody knows how one ", row.cells[2]));
  meaning.recovery = *recovery;
  if (absl::Status pause = ReadPause(row.cells[3], row.line, &meaning); !pause.ok()) return pause;
  meanings_.push_back(std::move(meaning));
  return absl::OkStatus();
}

absl::Status ErrorPage::ReadCodes(const MarkdownTable& table, const MarkdownRow& row) {
  const bool outside = table.columns == kOutsideColumns;
  ErrorRow read{.section = table.heading, .line = row.line};
  read.meaning = MeaningOf(row.cells[2]);
  if (read.meaning == nullptr) return Broken(row.line, absl::StrCat(row.cells[2], " is no meaning"));
  if (outside && row.cells[3].empty()) return Broken(row.line, "say why this row stands here");
  read.remedy = outside || row.cells[3].empty() ? read.meaning->remedy : row.cells[3];
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
      read.meaning = MeaningOf(*reason);
      if (read.meaning == nullptr) return Broken(row.line, absl::StrCat(*reason, " is no meaning"));
      read.remedy = read.meaning->remedy;
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
      if (other->text == row.text) {
        return Broken(row.line, absl::StrCat("code and text stand in line ", other->line, " already"));
      }
    }
    const auto shorter = std::find_if(same.begin(), same.end(), [&row](const ErrorRow* other) {
      return other->text.size() < row.text.size();
    });
    same.insert(shorter, &row);
  }
  return absl::OkStatus();
}

const Meaning* ErrorPage::MeaningOf(absl::string_view reason) const {
  const auto found = std::find_if(meanings_.begin(), meanings_.end(),
                                  [reason](const Meaning& meaning) { return meaning.reason == reason; });
  return found == meanings_.end() ? nullptr : &*found;
}

const ErrorRow* ErrorPage::Find(absl::string_view vendor_code, absl::string_view vendor_message) const {
  const std::string code =
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(vendor_code.substr(0, kTextBytesMax)));
  const std::string text = absl::AsciiStrToLower(vendor_message.substr(0, kTextBytesMax));
  const auto longest = [this, &text](absl::string_view key) -> const ErrorRow* {
    const auto rows = by_code_.find(key);
    if (rows == by_code_.end()) return nullptr;
    for (const ErrorRow* row : rows->second) {
      if (absl::StrContains(text, row->text)) return row;
    }
    return nullptr;
  };
  const ErrorRow* whole = longest(code);
  const ErrorRow* bare = longest(WithoutModule(code));
  if (whole == nullptr || bare == nullptr) return whole == nullptr ? bare : whole;
  return bare->text.size() > whole->text.size() ? bare : whole;
}

const ErrorRow& ErrorPage::FindByStatus(int http_status, bool with_code) const {
  const std::string exact = http_status == 0 ? "none" : absl::StrCat(http_status);
  auto found = by_status_.find(exact);
  if (found == by_status_.end()) found = by_status_.find(absl::StrCat(http_status / 100, "xx"));
  if (found == by_status_.end()) found = by_status_.find("other");
  return with_code ? found->second.with_unknown_code : found->second.without_code;
}

}  // namespace firstmile::errors
