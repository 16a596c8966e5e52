#include "endpoints/text_form.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "text/clean_text.h"

namespace firstmile::endpoints {
namespace {

// Most bytes of a wrong value quoted in a violation.
constexpr std::size_t kQuotedMax = 40;

bool IsDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsName(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  });
}

bool IsBase64Url(absl::string_view text) {
  std::string bytes;
  return absl::WebSafeBase64Unescape(text, &bytes);
}

}  // namespace

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", text::CleanText(text, kQuotedMax), "\"");
}

bool IsDate(absl::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  int year = 0;
  int month = 0;
  int day = 0;
  const bool digits =
      IsDigits(text.substr(0, 4)) && IsDigits(text.substr(5, 2)) && IsDigits(text.substr(8, 2));
  if (!digits || !absl::SimpleAtoi(text.substr(0, 4), &year) ||
      !absl::SimpleAtoi(text.substr(5, 2), &month) || !absl::SimpleAtoi(text.substr(8, 2), &day)) {
    return false;
  }
  // CivilDay normalizes February 30 to a day of March.
  const absl::CivilDay civil(year, month, day);
  return civil.month() == month && civil.day() == day;
}

std::string FaultOf(absl::string_view text, firstmile::mapping::TextForm form) {
  const bool address = absl::StartsWith(text, "https://") || absl::StartsWith(text, "http://");
  if (form == firstmile::mapping::TEXT_FORM_WEB_ADDRESS && !address) {
    return absl::StrCat("must start with https:// or http://; got ", Quoted(text));
  }
  if (form == firstmile::mapping::TEXT_FORM_BASE64URL && !IsBase64Url(text)) {
    return "must be the next_cursor of an earlier response, unchanged";
  }
  if (form == firstmile::mapping::TEXT_FORM_NAME && !IsName(text)) {
    return absl::StrCat("must have only lower-case letters, digits and underscores; got ", Quoted(text));
  }
  return "";
}

}  // namespace firstmile::endpoints
