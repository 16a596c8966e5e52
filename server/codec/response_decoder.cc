#include "codec/response_decoder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "codec/batch_outcomes.h"
#include "codec/json_document.h"
#include "codec/json_message_decoder.h"
#include "codec/json_value.h"
#include "codec/response_plan.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace firstmile::codec {
namespace {

using firstmile::mapping::PAYLOAD_KIND_FILE;
using firstmile::mapping::PAYLOAD_KIND_RESPONSE;
using firstmile::mapping::PAYLOAD_KIND_TOP_LEVEL;
using firstmile::v1::ResponseHeader;
using google::protobuf::Message;
using simdjson::dom::element;

// The second spelling is that of get_operating_hours.
bool IsPayload(absl::string_view name) {
  return name == "response" || name == "repsonse";
}

bool IsEnvelopeMember(absl::string_view name) {
  constexpr std::array kNames = {absl::string_view("error"),      absl::string_view("message"),
                                 absl::string_view("msg"),        absl::string_view("mesage"),
                                 absl::string_view("request_id"), absl::string_view("warning")};
  return IsPayload(name) || std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// Returns the response's header; null when it has none.
ResponseHeader* FillEnvelope(const ResponsePlan& plan, const Answer& answer, Message* response) {
  if (plan.error != nullptr && !answer.error.empty()) {
    response->GetReflection()->SetString(response, plan.error, answer.error);
  }
  if (plan.header == nullptr) return nullptr;
  auto* header =
      static_cast<ResponseHeader*>(response->GetReflection()->MutableMessage(response, plan.header));
  header->set_request_id(answer.request_id);
  header->set_message(answer.message);
  for (const firstmile::v1::Warning& warning : answer.warnings) *header->add_warnings() = warning;
  return header;
}

absl::string_view PayloadPath(const ResponsePlan& plan) {
  return plan.payload == PAYLOAD_KIND_RESPONSE ? "$.response" : "$";
}

// Reads the payload of one answer.
class PayloadReader {
 public:
  PayloadReader(const ResponsePlan& plan, const Answer& answer, ResponseHeader* header, Message* response,
                DecodeReport* report)
      : plan_(plan),
        response_(response),
        decoder_(PayloadPath(plan), header, report),
        texts_in_elements_(plan.texts_in_elements.size()) {
    if (plan.batch.has_value()) batch_.emplace(*plan.batch, answer);
  }

  absl::Status Read(simdjson::dom::object root, const Message& request) {
    for (const auto& [key, value] : root) {
      const absl::string_view name(key.data(), key.size());
      absl::Status status;
      if (IsPayload(name)) {
        status = ReadResponse(name, value);
      } else if (plan_.payload == PAYLOAD_KIND_TOP_LEVEL && !IsEnvelopeMember(name)) {
        status = ReadMember(name, value, nullptr);
      } else if (!IsEnvelopeMember(name)) {
        decoder_.AddUnmodeled("$.", JsonPath{.member = name}, value);
      }
      if (!status.ok()) return status;
    }
    FillTextsInElements();
    return batch_.has_value() ? batch_->Fill(request, &decoder_, response_) : absl::OkStatus();
  }

 private:
  absl::Status ReadResponse(absl::string_view name, element value) {
    if (Presence(value) == Reading::kNothing) return absl::OkStatus();
    // A top-level payload may be wrapped all the same; its paths show that then.
    const JsonPath wrapped{.member = name};
    const JsonPath* path = plan_.payload == PAYLOAD_KIND_RESPONSE ? nullptr : &wrapped;
    if (!value.is_object()) return decoder_.Wrong(path, "an object", value);
    for (const auto& [key, member] : value.get_object().value_unsafe()) {
      absl::Status status = ReadMember(absl::string_view(key.data(), key.size()), member, path);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ReadMember(absl::string_view name, element value, const JsonPath* parent) {
    if (batch_.has_value() && batch_->Take(name, value)) return absl::OkStatus();
    for (std::size_t i = 0; i < plan_.texts_in_elements.size(); ++i) {
      if (plan_.texts_in_elements[i].list == name) texts_in_elements_[i] = LastTextIn(value, i);
    }
    return decoder_.FillMember(*plan_.top, name, value, parent, &position_, response_);
  }

  // The text of the last element that has one. A list of one element may be the element itself.
  std::string LastTextIn(element list, std::size_t index) const {
    const std::string& name = plan_.texts_in_elements[index].name;
    element member;
    std::string text;
    if (list.is_object() && list.at_key(name).get(member) == simdjson::SUCCESS) text = TextOf(member);
    if (!list.is_array()) return text;
    for (const element item : list.get_array().value_unsafe()) {
      const bool found = item.is_object() && item.at_key(name).get(member) == simdjson::SUCCESS;
      if (found && Presence(member) == Reading::kValue) text = TextOf(member);
    }
    return text;
  }

  void FillTextsInElements() {
    const google::protobuf::Reflection& reflection = *response_->GetReflection();
    for (std::size_t i = 0; i < texts_in_elements_.size(); ++i) {
      const google::protobuf::FieldDescriptor* field = plan_.texts_in_elements[i].field;
      if (texts_in_elements_[i].empty() || reflection.HasField(*response_, field)) continue;
      reflection.SetString(response_, field, std::move(texts_in_elements_[i]));
    }
  }

  const ResponsePlan& plan_;
  Message* response_;
  JsonMessageDecoder decoder_;
  std::optional<BatchOutcomes> batch_;
  std::vector<std::string> texts_in_elements_;
  std::size_t position_ = 0;
};

}  // namespace

ResponseDecoder::ResponseDecoder(std::shared_ptr<const ResponsePlan> plan) : plan_(std::move(plan)) {}

absl::StatusOr<ResponseDecoder> ResponseDecoder::Compile(const google::protobuf::Descriptor& request,
                                                         const google::protobuf::Descriptor& response,
                                                         firstmile::mapping::PayloadKind payload) {
  absl::StatusOr<std::shared_ptr<const ResponsePlan>> plan =
      ResponsePlan::Compile(request, response, payload);
  if (!plan.ok()) return plan.status();
  return ResponseDecoder(*std::move(plan));
}

bool ResponseDecoder::has_outcomes() const {
  return plan_->batch.has_value();
}

bool ResponseDecoder::HasBarePayload(const Answer& answer) const {
  if (plan_->payload != PAYLOAD_KIND_TOP_LEVEL || !answer.is_json || answer.is_envelope) return false;
  std::size_t position = 0;
  for (const auto& [key, value] : answer.document->root()) {
    const absl::string_view name(key.data(), key.size());
    if (!IsEnvelopeMember(name) && plan_->top->Find(name, &position) != nullptr) return true;
  }
  return false;
}

absl::Status ResponseDecoder::Decode(const Answer& answer, const Message& request, Message* response,
                                     DecodeReport* report) const {
  if (!answer.is_json) return absl::InternalError(absl::StrCat("$: ", answer.parse_error));
  response->Clear();
  ResponseHeader* header = FillEnvelope(*plan_, answer, response);
  if (plan_->payload == PAYLOAD_KIND_FILE) return absl::OkStatus();
  PayloadReader reader(*plan_, answer, header, response, report);
  if (absl::Status status = reader.Read(answer.document->root(), request); !status.ok()) return status;
  return plan_->echoes.Check(request, *response, PayloadPath(*plan_));
}

bool ResponseDecoder::HasNoContent(const Message& response) const {
  std::vector<const google::protobuf::FieldDescriptor*> filled;
  response.GetReflection()->ListFields(response, &filled);
  std::erase(filled, plan_->header);
  return filled.empty() && response.GetDescriptor()->field_count() > (plan_->header == nullptr ? 0 : 1);
}

void ResponseDecoder::DecodeFile(std::string file, absl::string_view content_type, Message* response) const {
  if (plan_->payload != PAYLOAD_KIND_FILE) return;
  const google::protobuf::Reflection& reflection = *response->GetReflection();
  reflection.SetString(response, plan_->content_type, std::string(absl::StripAsciiWhitespace(content_type)));
  reflection.SetString(response, plan_->file, std::move(file));
}

}  // namespace firstmile::codec
