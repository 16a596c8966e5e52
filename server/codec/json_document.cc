#include "codec/json_document.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "codec/json_repair.h"

namespace firstmile::codec {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Room for an ordinary page without growing.
constexpr std::size_t kInitialCapacity = std::size_t{64} << 10;

}  // namespace

JsonDocument::JsonDocument() {
  // Out of memory shows at the first Parse.
  static_cast<void>(parser_.allocate(kInitialCapacity, kDepthMax));
}

simdjson::error_code JsonDocument::ParseBuffer(absl::string_view json) {
  buffer_.assign(json.data(), json.size());
  buffer_.append(simdjson::SIMDJSON_PADDING, '\0');
  return parser_.parse(buffer_.data(), json.size(), false).get(root_);
}

absl::Status JsonDocument::Parse(absl::string_view json) {
  absl::ConsumePrefix(&json, kByteOrderMark);
  const absl::string_view text = absl::StripLeadingAsciiWhitespace(json);
  if (text.empty()) return absl::InvalidArgumentError("the body is empty");
  if (text.front() != '{') return absl::InvalidArgumentError("the body is no JSON object");
  simdjson::error_code error = ParseBuffer(text);
  if (error == simdjson::SUCCESS) return absl::OkStatus();
  if (const std::optional<std::string> repaired = RepairJson(text); repaired.has_value()) {
    error = ParseBuffer(*repaired);
    if (error == simdjson::SUCCESS) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(simdjson::error_message(error), " (", json.size(), " bytes)"));
}

}  // namespace firstmile::codec
