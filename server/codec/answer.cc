#include "codec/answer.h"

#include <algorithm>
#include <utility>

#include "codec/json_document.h"
#include "codec/json_value.h"

namespace firstmile::codec {
namespace {

using firstmile::v1::Warning;
using simdjson::dom::element;

// A reader has memory for an ordinary page from the start.
constexpr std::size_t kInitialBytes = std::size_t{64} << 10;

Warning WarningOf(element value) {
  Warning warning;
  if (!value.is_object()) {
    warning.set_text(TextOf(value));
    return warning;
  }
  bool more = false;
  for (const auto& [key, member] : value.get_object().value_unsafe()) {
    if (key == "order_sn") {
      warning.set_order_sn(TextOf(member));
    } else if (key == "package_number") {
      warning.set_package_number(TextOf(member));
    } else {
      more = true;
    }
  }
  if (more) warning.set_text(simdjson::minify(value));
  return warning;
}

std::vector<Warning> WarningsOf(element value) {
  std::vector<Warning> warnings;
  if (!value.is_array()) {
    if (Presence(value) == Reading::kValue) warnings.push_back(WarningOf(value));
    return warnings;
  }
  for (const element item : value.get_array().value_unsafe()) {
    if (warnings.size() == kWarningsMax) break;
    if (Presence(item) == Reading::kValue) warnings.push_back(WarningOf(item));
  }
  return warnings;
}

// Zero and false say "no error" as well as an empty text does.
std::string ErrorOf(element value) {
  std::int64_t number = 0;
  if (!value.is_string() && ReadInteger(value, &number) == Reading::kValue && number == 0) return "";
  return TextOf(value);
}

void ReadEnvelope(simdjson::dom::object root, Answer* answer) {
  std::string early_message;  // some early gateway errors say `msg`
  for (const auto& [key, value] : root) {
    if (key == "error") {
      answer->is_envelope = true;
      answer->error = ErrorOf(value);
    } else if (key == "message") {
      answer->message = TextOf(value);
    } else if (key == "msg") {
      early_message = TextOf(value);
    } else if (key == "request_id") {
      answer->request_id = TextOf(value);
    } else if (key == "warning") {
      answer->warnings = WarningsOf(value);
    } else if (key == "response") {
      answer->is_envelope = true;
    }
  }
  if (!answer->is_envelope) answer->parse_error = "the JSON object has neither error nor response";
  if (answer->message.empty()) answer->message = std::move(early_message);
}

// Of the body in `document`, which is filled by it.
Answer AnswerIn(JsonDocument* document, absl::string_view body, std::size_t bytes_max) {
  Answer answer;
  if (const absl::Status status = document->Parse(body, bytes_max); !status.ok()) {
    answer.too_large = status.code() == absl::StatusCode::kOutOfRange;
    answer.parse_error = std::string(status.message());
    return answer;
  }
  answer.is_json = true;
  answer.document = document;
  ReadEnvelope(document->root(), &answer);
  return answer;
}

}  // namespace

AnswerReader::AnswerReader(std::size_t bytes_max)
    : bytes_max_(bytes_max), document_(std::make_unique<JsonDocument>(kInitialBytes)) {}
AnswerReader::~AnswerReader() = default;

Answer AnswerReader::Read(absl::string_view body) {
  if (body.size() > kLargeBodyBytes) return ReadLargeAnswer(body, bytes_max_);
  return AnswerIn(document_.get(), body, bytes_max_);
}

Answer ReadLargeAnswer(absl::string_view body, std::size_t bytes_max) {
  const auto document = std::make_shared<JsonDocument>(std::min(body.size(), bytes_max));
  Answer answer = AnswerIn(document.get(), body, bytes_max);
  if (answer.is_json) answer.large_document = document;
  return answer;
}

}  // namespace firstmile::codec
