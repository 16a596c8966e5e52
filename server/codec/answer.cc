#include "codec/answer.h"

#include <algorithm>
#include <utility>

#include "codec/json_document.h"
#include "codec/json_value.h"
#include "text/clean_text.h"

namespace firstmile::codec {
namespace {

using firstmile::v1::Warning;
using simdjson::dom::element;

// A reader has memory for an ordinary page from the start.
constexpr std::size_t kInitialBytes = std::size_t{64} << 10;

// What is looked at of a text before it is cut: a secret that stands across its end is masked all the same.
constexpr std::size_t kReadBytesMax = std::size_t{16} << 10;

// Reads the envelope's texts: free of secrets, and bounded.
class EnvelopeReader {
 public:
  explicit EnvelopeReader(const secrets::Mask& mask) : mask_(mask) {}

  void Read(simdjson::dom::object root, Answer* answer) const;

 private:
  std::string Text(element value, std::size_t limit) const {
    std::string scratch;
    std::string text = text::CutText(ViewText(value, &scratch), kReadBytesMax);
    mask_.Apply(&text);
    return text::CutText(text, limit);
  }

  // Zero and false say "no error" as well as an empty text does.
  std::string Error(element value) const {
    std::int64_t number = 0;
    if (!value.is_string() && ReadInteger(value, &number) == Reading::kValue && number == 0) return "";
    return Text(value, kVendorCodeBytesMax);
  }

  Warning WarningOf(element value) const;
  std::vector<Warning> Warnings(element value) const;

  const secrets::Mask& mask_;
};

Warning EnvelopeReader::WarningOf(element value) const {
  Warning warning;
  if (!value.is_object()) {
    warning.set_text(Text(value, kVendorMessageBytesMax));
    return warning;
  }
  bool more = false;
  for (const auto& [key, member] : value.get_object().value_unsafe()) {
    if (key == "order_sn") {
      warning.set_order_sn(Text(member, kVendorCodeBytesMax));
    } else if (key == "package_number") {
      warning.set_package_number(Text(member, kVendorCodeBytesMax));
    } else {
      more = true;
    }
  }
  if (more) warning.set_text(Text(value, kVendorMessageBytesMax));
  return warning;
}

std::vector<Warning> EnvelopeReader::Warnings(element value) const {
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

void EnvelopeReader::Read(simdjson::dom::object root, Answer* answer) const {
  std::string early_message;  // some early gateway errors say `msg`
  for (const auto& [key, value] : root) {
    if (key == "error") {
      answer->is_envelope = true;
      answer->error = Error(value);
    } else if (key == "message") {
      answer->message = Text(value, kVendorMessageBytesMax);
    } else if (key == "msg") {
      early_message = Text(value, kVendorMessageBytesMax);
    } else if (key == "request_id") {
      answer->request_id = Text(value, kRequestIdBytesMax);
    } else if (key == "warning") {
      answer->warnings = Warnings(value);
    } else if (key == "response") {
      answer->is_envelope = true;
    }
  }
  if (!answer->is_envelope) answer->parse_error = "the JSON object has neither error nor response";
  if (answer->message.empty()) answer->message = std::move(early_message);
}

// Of the body in `document`, which is filled by it.
Answer AnswerIn(JsonDocument* document, absl::string_view body, std::size_t bytes_max,
                const secrets::Mask& mask) {
  Answer answer;
  if (const absl::Status status = document->Parse(body, bytes_max); !status.ok()) {
    answer.too_large = status.code() == absl::StatusCode::kOutOfRange;
    answer.parse_error = std::string(status.message());
    return answer;
  }
  answer.is_json = true;
  answer.document = document;
  EnvelopeReader(mask).Read(document->root(), &answer);
  return answer;
}

}  // namespace

AnswerReader::AnswerReader(std::size_t bytes_max)
    : bytes_max_(bytes_max), document_(std::make_unique<JsonDocument>(kInitialBytes)) {}
AnswerReader::~AnswerReader() = default;

Answer AnswerReader::Read(absl::string_view body, const secrets::Mask& mask) {
  if (body.size() > kLargeBodyBytes) return ReadLargeAnswer(body, bytes_max_, mask);
  return AnswerIn(document_.get(), body, bytes_max_, mask);
}

Answer ReadLargeAnswer(absl::string_view body, std::size_t bytes_max, const secrets::Mask& mask) {
  const auto document = std::make_shared<JsonDocument>(std::min(body.size(), bytes_max));
  Answer answer = AnswerIn(document.get(), body, bytes_max, mask);
  if (answer.is_json) answer.large_document = document;
  return answer;
}

}  // namespace firstmile::codec
