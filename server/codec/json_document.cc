#include "codec/json_document.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "codec/byte_order_mark.h"
#include "codec/json_repair.h"

namespace firstmile::codec {
namespace {

// The library's own texts change between versions and might quote the input.
std::string WordsFor(simdjson::error_code error) {
  switch (error) {
    case simdjson::MEMALLOC:
      return "there is no memory to read the body";
    case simdjson::DEPTH_ERROR:
      return absl::StrCat("the JSON is nested deeper than ", JsonDocument::kDepthMax, " levels");
    case simdjson::NUMBER_ERROR:
      return "a number of the JSON is malformed";
    case simdjson::STRING_ERROR:
      return "a text of the JSON has a malformed escape";
    case simdjson::UNESCAPED_CHARS:
      return "a text of the JSON has a control character";
    case simdjson::UNCLOSED_STRING:
      return "a text of the JSON does not end";
    case simdjson::UTF8_ERROR:
      return "the JSON is not UTF-8";
    default:
      return "the JSON is malformed or cut short";
  }
}

// With a byte-order mark, or by the first bytes of an object without one.
bool IsUtf16(absl::string_view json) {
  for (const absl::string_view start : {absl::string_view("\xFE\xFF", 2), absl::string_view("\xFF\xFE", 2),
                                        absl::string_view("{\0", 2), absl::string_view("\0{", 2)}) {
    if (absl::StartsWith(json, start)) return true;
  }
  return false;
}

}  // namespace

JsonDocument::JsonDocument(std::size_t expected_bytes) {
  // If this fails, the first Parse reports it.
  static_cast<void>(parser_.allocate(expected_bytes, kDepthMax));
}

simdjson::error_code JsonDocument::ParseBuffer(absl::string_view json) {
  buffer_.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  buffer_.assign(json.data(), json.size());
  buffer_.append(simdjson::SIMDJSON_PADDING, '\0');
  return parser_.parse(buffer_.data(), json.size(), false).get(root_);
}

absl::Status JsonDocument::Parse(absl::string_view json, std::size_t bytes_max) {
  if (json.size() > bytes_max) {
    return absl::OutOfRangeError(
        absl::StrCat("the JSON has ", json.size(), " bytes; at most ", bytes_max, " are read"));
  }
  if (IsUtf16(json)) return absl::InvalidArgumentError("the body is UTF-16; JSON is UTF-8");
  absl::ConsumePrefix(&json, kByteOrderMark);
  const absl::string_view text = absl::StripLeadingAsciiWhitespace(json);
  if (text.empty()) return absl::InvalidArgumentError("the body is empty");
  if (text.front() != '{')
    return absl::InvalidArgumentError("the body is not a JSON object (a page of a proxy?)");
  simdjson::error_code error = ParseBuffer(text);
  if (error == simdjson::SUCCESS) return absl::OkStatus();
  if (const std::optional<std::string> repaired = RepairJson(text); repaired.has_value()) {
    error = ParseBuffer(*repaired);
    if (error == simdjson::SUCCESS) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(WordsFor(error), " (", json.size(), " bytes)"));
}

}  // namespace firstmile::codec
