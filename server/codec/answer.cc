#include "codec/answer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codec/json_document.h"
#include "codec/json_value.h"
#include "errors/secret_parameters.h"
#include "text/clean_text.h"

namespace firstmile::codec {
namespace {

using firstmile::v1::Warning;
using simdjson::dom::element;

// Preallocated for an ordinary page.
constexpr std::size_t kInitialBytes = std::size_t{64} << 10;

// Most bytes of a text examined before it is cut, so that a secret across the cut is masked too.
constexpr std::size_t kReadBytesMax = std::size_t{16} << 10;

// Most bytes of a body examined for its words; a secret across the limit is not shown.
constexpr std::size_t kWordsExaminedMax = kReadBytesMax / 2;

// Masked before it is cut, by known secrets and by the names of token parameters.
std::string WordsOf(absl::string_view body, const secrets::Mask& mask) {
  std::string words(body.substr(0, kReadBytesMax));
  mask.Apply(&words);
  words.resize(std::min(words.size(), kWordsExaminedMax));
  return text::PrintableStart(errors::WithoutSecretParameters(words), kWordsBytesMax);
}

// Shopee's own answer, though unreadable. Not quoted, since it may concern another shop.
bool BeginsLikeEnvelope(absl::string_view body) {
  absl::string_view begin = body.substr(0, kWordsBytesMax);
  if (absl::StartsWith(absl::StripAsciiWhitespace(begin), "<")) return false;  // an HTML page
  return absl::StrContains(begin, "\"error\"") || absl::StrContains(begin, "\"response\"") ||
         absl::StrContains(begin, "\"request_id\"");
}

// Reads the envelope's texts, bounded and without secrets.
class EnvelopeReader {
 public:
  explicit EnvelopeReader(const secrets::Mask& mask) : mask_(mask) {}

  void Read(simdjson::dom::object root, Answer* answer) const;

 private:
  std::string Text(element value, std::size_t limit) const {
    std::string scratch;
    std::string text = text::CutText(ViewText(value, &scratch), kReadBytesMax);
    mask_.Apply(&text);
    if (!value.is_string())
      text = errors::WithoutSecretParameters(text);  // JSON, possibly with secret members
    return text::CutText(text, limit);
  }

  // Zero and false mean "no error", like an empty text.
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
    } else if (key == "booking_sn") {
      warning.set_booking_sn(Text(member, kVendorCodeBytesMax));
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
  std::string other_message;  // early gateway errors say `msg`; one table of the documentation `mesage`
  for (const auto& [key, value] : root) {
    if (key == "error") {
      answer->is_envelope = true;
      answer->error = Error(value);
    } else if (key == "message") {
      answer->message = Text(value, kVendorMessageBytesMax);
    } else if (key == "msg" || key == "mesage") {
      other_message = Text(value, kVendorMessageBytesMax);
    } else if (key == "request_id") {
      answer->request_id = Text(value, kRequestIdBytesMax);
    } else if (key == "warning") {
      answer->warnings = Warnings(value);
    } else if (key == "response") {
      answer->is_envelope = true;
    }
  }
  if (!answer->is_envelope) answer->parse_error = "the JSON object has neither error nor response";
  if (answer->message.empty()) answer->message = std::move(other_message);
}

// Reads the body into `document`.
Answer AnswerIn(JsonDocument* document, absl::string_view body, std::size_t bytes_max,
                const secrets::Mask& mask) {
  Answer answer;
  if (const absl::Status status = document->Parse(body, bytes_max); !status.ok()) {
    answer.too_large = status.code() == absl::StatusCode::kOutOfRange;
    answer.parse_error = std::string(status.message());
    if (!answer.too_large && !BeginsLikeEnvelope(body)) answer.words = WordsOf(body, mask);
    return answer;
  }
  answer.is_json = true;
  answer.document = document;
  EnvelopeReader(mask).Read(document->root(), &answer);
  if (!answer.is_envelope) answer.words = WordsOf(body, mask);
  return answer;
}

}  // namespace

std::string Answer::WhyUnreadable() const {
  return words.empty() ? parse_error : absl::StrCat(parse_error, "; it begins with: ", words);
}

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
