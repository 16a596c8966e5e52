#include "codec/response_decoder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "codec/batch_outcomes.h"
#include "codec/json_document.h"
#include "codec/json_value.h"
#include "codec/message_filler.h"
#include "codec/response_plan.h"
#include "errors/verdict.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace firstmile::codec {
namespace {

using firstmile::v1::PAYLOAD_KIND_FILE;
using firstmile::v1::PAYLOAD_KIND_RESPONSE;
using firstmile::v1::PAYLOAD_KIND_TOP_LEVEL;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using simdjson::dom::element;

constexpr absl::string_view kResponse = "response";

bool IsEnvelopeMember(absl::string_view name) {
  constexpr std::array kNames = {absl::string_view("error"),   absl::string_view("message"),
                                 absl::string_view("msg"),     absl::string_view("request_id"),
                                 absl::string_view("warning"), kResponse};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

void SetText(const FieldDescriptor* field, const std::string& text, Message* message) {
  if (field != nullptr && !text.empty()) message->GetReflection()->SetString(message, field, text);
}

void FillEnvelope(const EnvelopeFields& fields, const Answer& answer, Message* response) {
  SetText(fields.request_id, answer.request_id, response);
  SetText(fields.message, answer.message, response);
  SetText(fields.error, answer.error, response);
  if (fields.warnings == nullptr) return;
  for (const firstmile::v1::Warning& warning : answer.warnings) {
    response->GetReflection()->AddMessage(response, fields.warnings)->CopyFrom(warning);
  }
}

absl::string_view PayloadPath(const ResponsePlan& plan) {
  return plan.payload == PAYLOAD_KIND_RESPONSE ? "$.response" : "$";
}

// Reads the payload of one answer.
class PayloadReader {
 public:
  PayloadReader(const ResponsePlan& plan, bool all_failed, Message* response, DecodeReport* report)
      : plan_(plan),
        response_(response),
        filler_(PayloadPath(plan), plan.envelope.unmodeled, response, report) {
    if (plan.batch.has_value()) batch_.emplace(*plan.batch, all_failed);
  }

  absl::Status Read(simdjson::dom::object root, const Message& request) {
    for (const auto& [key, value] : root) {
      const absl::string_view name(key.data(), key.size());
      absl::Status status;
      if (name == kResponse) {
        status = ReadResponse(value);
      } else if (plan_.payload == PAYLOAD_KIND_TOP_LEVEL && !IsEnvelopeMember(name)) {
        status = ReadMember(name, value, nullptr);
      } else if (!IsEnvelopeMember(name)) {
        filler_.PassOn("$.", JsonPath{.member = name}, value);
      }
      if (!status.ok()) return status;
    }
    return batch_.has_value() ? batch_->Fill(request, &filler_, response_) : absl::OkStatus();
  }

 private:
  absl::Status ReadResponse(element value) {
    if (Presence(value) == Reading::kNothing) return absl::OkStatus();
    // A payload at top level may come wrapped all the same; its paths then say so.
    const JsonPath wrapped{.member = kResponse};
    const JsonPath* path = plan_.payload == PAYLOAD_KIND_RESPONSE ? nullptr : &wrapped;
    if (!value.is_object()) return filler_.Wrong(path, "an object", value);
    for (const auto& [key, member] : value.get_object().value_unsafe()) {
      absl::Status status = ReadMember(absl::string_view(key.data(), key.size()), member, path);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ReadMember(absl::string_view name, element value, const JsonPath* parent) {
    if (batch_.has_value() && batch_->Take(name, value)) return absl::OkStatus();
    return filler_.FillMember(*plan_.top, name, value, parent, &position_, response_);
  }

  const ResponsePlan& plan_;
  Message* response_;
  MessageFiller filler_;
  std::optional<BatchOutcomes> batch_;
  std::size_t position_ = 0;
};

}  // namespace

ResponseDecoder::ResponseDecoder(std::shared_ptr<const ResponsePlan> plan) : plan_(std::move(plan)) {}

absl::StatusOr<ResponseDecoder> ResponseDecoder::Compile(const google::protobuf::Descriptor& request,
                                                         const google::protobuf::Descriptor& response,
                                                         firstmile::v1::PayloadKind payload) {
  absl::StatusOr<std::shared_ptr<const ResponsePlan>> plan =
      ResponsePlan::Compile(request, response, payload);
  if (!plan.ok()) return plan.status();
  return ResponseDecoder(*std::move(plan));
}

bool ResponseDecoder::has_outcomes() const {
  return plan_->batch.has_value();
}

absl::Status ResponseDecoder::Decode(const Answer& answer, const Message& request, Message* response,
                                     DecodeReport* report) const {
  if (!answer.is_json) return absl::InternalError(absl::StrCat("$: ", answer.parse_error));
  response->Clear();
  FillEnvelope(plan_->envelope, answer, response);
  if (plan_->payload == PAYLOAD_KIND_FILE) return absl::OkStatus();
  PayloadReader reader(*plan_, errors::IsAllFailedBatch(answer.error), response, report);
  if (absl::Status status = reader.Read(answer.document->root(), request); !status.ok()) return status;
  return plan_->echoes.Check(request, *response, PayloadPath(*plan_));
}

void ResponseDecoder::DecodeFile(std::string file, absl::string_view content_type, Message* response) const {
  if (plan_->payload != PAYLOAD_KIND_FILE) return;
  const google::protobuf::Reflection& reflection = *response->GetReflection();
  reflection.SetString(response, plan_->content_type, std::string(absl::StripAsciiWhitespace(content_type)));
  reflection.SetString(response, plan_->file, std::move(file));
}

}  // namespace firstmile::codec
