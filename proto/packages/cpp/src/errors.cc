#include "firstmile/errors.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <string_view>

#include "firstmile/calls.h"
#include "firstmile/v1/failure.pb.h"

namespace firstmile {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

constexpr std::string_view kDomain = "firstmile";

// Reads the messages of google.rpc by the numbers of their fields: a copy of their generated classes would
// clash with the one of a program that uses googleapis itself.
class Message {
 public:
  explicit Message(const std::string& bytes) {
    if (!fields_.ParseFromString(bytes)) fields_.Clear();
  }

  // The values of a repeated field of texts, bytes or messages.
  std::vector<std::string> All(int number) const {
    std::vector<std::string> values;
    for (int i = 0; i < fields_.field_count(); ++i) {
      const UnknownField& field = fields_.field(i);
      if (field.number() == number && field.type() == UnknownField::TYPE_LENGTH_DELIMITED) {
        values.push_back(field.length_delimited());
      }
    }
    return values;
  }

  // The value of a single such field; empty when it is absent.
  std::string One(int number) const {
    const std::vector<std::string> values = All(number);
    return values.empty() ? "" : values.back();
  }

 private:
  UnknownFieldSet fields_;
};

void AddErrorInfo(const Message& info, ErrorDetails& details) {
  constexpr int kReason = 1, kInfoDomain = 2, kMetadata = 3, kKey = 1, kValue = 2;
  if (info.One(kInfoDomain) != kDomain) return;
  v1::ErrorReason_Parse("ERROR_REASON_" + info.One(kReason), &details.reason);
  for (const std::string& bytes : info.All(kMetadata)) {
    const Message entry(bytes);
    details.metadata[entry.One(kKey)] = entry.One(kValue);
  }
}

void AddRetryInfo(const Message& info, ErrorDetails& details) {
  constexpr int kRetryDelay = 1;
  google::protobuf::Duration delay;
  if (info.All(kRetryDelay).empty() || !delay.ParseFromString(info.One(kRetryDelay))) return;
  constexpr int64_t kSecondsMax = 100L * 365 * 24 * 60 * 60;  // what nanoseconds can hold, with a margin
  const std::chrono::seconds seconds(std::clamp<int64_t>(delay.seconds(), 0, kSecondsMax));
  details.retry_delay =
      std::max(seconds + std::chrono::nanoseconds(delay.nanos()), std::chrono::nanoseconds(0));
}

void AddBadRequest(const Message& request, ErrorDetails& details) {
  constexpr int kFieldViolations = 1, kField = 1, kDescription = 2;
  for (const std::string& bytes : request.All(kFieldViolations)) {
    const Message violation(bytes);
    details.field_violations.push_back({violation.One(kField), violation.One(kDescription)});
  }
}

std::string NameOr(const std::string& name, std::string_view prefix, int number) {
  return name.empty() ? std::to_string(number) : name.substr(prefix.size());
}

}  // namespace

ErrorDetails ErrorDetailsOf(const grpc::Status& status) {
  constexpr int kDetails = 3;
  ErrorDetails details;
  for (const std::string& bytes : Message(status.error_details()).All(kDetails)) {
    google::protobuf::Any any;
    if (!any.ParseFromString(bytes)) continue;
    const std::string type = any.type_url().substr(any.type_url().rfind('/') + 1);
    const Message message(any.value());
    if (type == "google.rpc.ErrorInfo") AddErrorInfo(message, details);
    if (type == "google.rpc.RetryInfo") AddRetryInfo(message, details);
    if (type == "google.rpc.BadRequest") AddBadRequest(message, details);
  }
  return details;
}

std::string CodeName(const grpc::Status& status) {
  if (status.ok()) return "OK";
  const int code = status.error_code();
  const auto canonical = static_cast<v1::CanonicalCode>(code);
  return NameOr(v1::CanonicalCode_Name(canonical), "CANONICAL_CODE_", code);
}

std::string ReasonName(v1::ErrorReason reason) {
  return NameOr(v1::ErrorReason_Name(reason), "ERROR_REASON_", reason);
}

std::string Described(const ErrorDetails& details) {
  std::string text = ReasonName(details.reason);
  for (const FieldViolation& fault : details.field_violations) {
    text += ": " + fault.field + " " + fault.description;
  }
  return text;
}

std::string Described(const v1::OrderOutcome& outcome) {
  const std::string state = NameOr(v1::OutcomeState_Name(outcome.state()), "OUTCOME_STATE_", outcome.state());
  const std::string text = outcome.order_sn() + " " + state;
  if (!outcome.has_failure()) return text;
  return text + " " + ReasonName(outcome.failure().reason()) + ": " + outcome.failure().vendor_message();
}

CallError::CallError(const grpc::Status& status)
    : std::runtime_error(CodeName(status) + ": " + status.error_message()), status_(status) {}

}  // namespace firstmile
