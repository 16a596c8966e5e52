#include "codec/response_plan.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codec/wire_options.h"
#include "firstmile/v1/common.pb.h"
#include "firstmile/v1/failure.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace firstmile::codec {
namespace {

using firstmile::v1::ResponseHeader;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool IsSingleText(const FieldDescriptor& field) {
  return !field.is_repeated() && field.type() == FieldDescriptor::TYPE_STRING;
}

const google::protobuf::Message* PrototypeOf(const Descriptor& type) {
  return google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
}

class PlanCompiler {
 public:
  PlanCompiler(const Descriptor& request, const Descriptor& response, ResponsePlan* plan)
      : request_(request), response_(response), plan_(plan) {}

  absl::Status Run() {
    auto top = std::make_unique<MessagePlan>();
    for (int i = 0; i < response_.field_count(); ++i) {
      const FieldDescriptor& field = *response_.field(i);
      absl::Status status;
      if (WireOf(field).has_outcomes()) {
        status = CompileBatch(field);
      } else if (!TakeEnvelopeField(field) && !TakeFileField(field)) {
        status = AddField(field, WireName(field), top.get());
      }
      if (!status.ok()) return status;
    }
    plan_->top = top.get();
    plan_->messages[&response_] = std::move(top);
    absl::StatusOr<Echoes> echoes = Echoes::Compile(request_, response_);
    if (!echoes.ok()) return echoes.status();
    plan_->echoes = *std::move(echoes);
    if (absl::Status status = FindTextsInElements(); !status.ok()) return status;
    return CheckFile();
  }

 private:
  // Returns true for a field that the envelope fills.
  bool TakeEnvelopeField(const FieldDescriptor& field) {
    if (!field.is_repeated() && field.message_type() == ResponseHeader::descriptor()) {
      plan_->header = &field;
    } else if (field.name() == "error" && IsSingleText(field)) {
      plan_->error = &field;
    } else {
      return false;
    }
    return true;
  }

  bool TakeFileField(const FieldDescriptor& field) {
    if (plan_->payload != firstmile::mapping::PAYLOAD_KIND_FILE || field.is_repeated()) return false;
    if (field.name() == "content_type" && IsSingleText(field)) plan_->content_type = &field;
    if (field.type() == FieldDescriptor::TYPE_BYTES && plan_->file == nullptr) plan_->file = &field;
    return plan_->content_type == &field || plan_->file == &field;
  }

  absl::Status CheckFile() const {
    const bool complete = plan_->content_type != nullptr && plan_->file != nullptr;
    if (plan_->payload != firstmile::mapping::PAYLOAD_KIND_FILE || complete) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(response_.full_name(), ": a file answer needs a text content_type and one bytes field"));
  }

  // The elements' members are known ones without fields of their own.
  absl::Status FindTextsInElements() {
    for (int i = 0; i < response_.field_count(); ++i) {
      const FieldDescriptor& field = *response_.field(i);
      const std::string& list_name = WireOf(field).in_elements_of();
      if (list_name.empty()) continue;
      const FieldDescriptor* list = response_.FindFieldByName(list_name);
      const bool of_messages = list != nullptr && list->is_repeated() && list->message_type() != nullptr;
      if (!IsSingleText(field) || !of_messages || WireOf(*list).has_outcomes()) {
        return DoesNotFit(field, "(wire).in_elements_of is for a text beside a list of messages");
      }
      plan_->texts_in_elements.push_back({.field = &field, .name = WireName(field), .list = WireName(*list)});
      plan_->messages[list->message_type()]->members.push_back({WireName(field), {}});
    }
    return absl::OkStatus();
  }

  absl::Status AddField(const FieldDescriptor& field, const std::string& name, MessagePlan* plan) {
    const firstmile::mapping::WireField& wire = WireOf(field);
    if (wire.has_outcomes()) return DoesNotFit(field, "(wire).outcomes stands in the response itself only");
    if (wire.comma_joined() || wire.null_when_absent() || wire.subject()) {
      return DoesNotFit(field, "this (wire) option is for requests");
    }
    const google::protobuf::Message* prototype = PrototypeOf(*field.containing_type());
    if (prototype == nullptr) return DoesNotFit(field, "its message has no generated code");
    if (wire.is_present() && (field.is_repeated() || field.type() != FieldDescriptor::TYPE_BOOL)) {
      return DoesNotFit(field, "(wire).is_present is for a bool");
    }
    FieldAction action{
        .field = &field, .reflection = prototype->GetReflection(), .is_presence = wire.is_present()};
    switch (field.type()) {
      case FieldDescriptor::TYPE_BYTES:
      case FieldDescriptor::TYPE_GROUP:
      case FieldDescriptor::TYPE_UINT64:
      case FieldDescriptor::TYPE_FIXED64:
        return DoesNotFit(field, "this type cannot be read from an answer");
      case FieldDescriptor::TYPE_MESSAGE: {
        if (field.is_map()) return DoesNotFit(field, "a map cannot be read from an answer");
        action.is_time = field.message_type() == google::protobuf::Timestamp::descriptor();
        if (action.is_time) break;
        absl::StatusOr<const MessagePlan*> message = PlanOf(*field.message_type());
        if (!message.ok()) return message.status();
        action.message = *message;
        break;
      }
      case FieldDescriptor::TYPE_ENUM:
        action.texts = TextsOf(*field.enum_type());
        break;
      default:
        break;
    }
    Attach(name, action, plan);
    for (const std::string& other : wire.also()) Attach(other, action, plan);
    return absl::OkStatus();
  }

  static void Attach(const std::string& name, const FieldAction& action, MessagePlan* plan) {
    for (Member& member : plan->members) {
      if (member.name == name) return member.actions.push_back(action);
    }
    plan->members.push_back({name, {action}});
  }

  // Stored before its fields are read, so that a message may contain itself.
  absl::StatusOr<const MessagePlan*> PlanOf(const Descriptor& type) {
    std::unique_ptr<MessagePlan>& plan = plan_->messages[&type];
    if (plan != nullptr) return plan.get();
    plan = std::make_unique<MessagePlan>();
    for (int i = 0; i < type.field_count(); ++i) {
      if (absl::Status status = AddField(*type.field(i), WireName(*type.field(i)), plan.get());
          !status.ok()) {
        return status;
      }
    }
    return plan.get();
  }

  const EnumTexts* TextsOf(const google::protobuf::EnumDescriptor& type) {
    std::unique_ptr<EnumTexts>& texts = plan_->enums[&type];
    if (texts != nullptr) return texts.get();
    texts = std::make_unique<EnumTexts>();
    for (int i = 0; i < type.value_count(); ++i) {
      for (const std::string& text : WireTexts(*type.value(i))) {
        texts->values.emplace_back(text, type.value(i)->number());
      }
    }
    return texts.get();
  }

  absl::Status CompileBatch(const FieldDescriptor& field) {
    if (plan_->batch.has_value()) return DoesNotFit(field, "a response has one list of outcomes");
    if (!field.is_repeated() || field.message_type() == nullptr || field.is_map()) {
      return DoesNotFit(field, "(wire).outcomes is for a list of messages");
    }
    BatchPlan batch{.outcomes = &field};
    batch.prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(field.message_type());
    if (absl::Status status = CompileEnd(field, &batch); !status.ok()) return status;
    if (absl::Status status = CompileKeys(field, &batch); !status.ok()) return status;
    if (absl::Status status = CompileElement(*field.message_type(), &batch); !status.ok()) return status;
    plan_->batch = std::move(batch);
    return absl::OkStatus();
  }

  static absl::Status CompileEnd(const FieldDescriptor& field, BatchPlan* batch) {
    batch->state = field.message_type()->FindFieldByName("state");
    batch->failure = field.message_type()->FindFieldByName("failure");
    const bool state = batch->state != nullptr && !batch->state->is_repeated() &&
                       batch->state->enum_type() == firstmile::v1::OutcomeState_descriptor();
    if (!state) return DoesNotFit(field, "an outcome needs a field `state` of OutcomeState");
    const bool failure = batch->failure != nullptr && !batch->failure->is_repeated() &&
                         batch->failure->message_type() == firstmile::v1::Failure::descriptor();
    return failure ? absl::OkStatus() : DoesNotFit(field, "an outcome needs a field `failure` of Failure");
  }

  absl::Status CompileKeys(const FieldDescriptor& field, BatchPlan* batch) const {
    const firstmile::mapping::BatchOutcomes& options = WireOf(field).outcomes();
    if (options.key().empty()) return DoesNotFit(field, "(wire).outcomes needs a key");
    for (const std::string& name : options.key()) {
      const FieldDescriptor* key = field.message_type()->FindFieldByName(name);
      if (key == nullptr || !IsSingleText(*key)) {
        return DoesNotFit(field, absl::StrCat("key ", name, " is no text of the outcome"));
      }
      batch->keys.push_back(key);
    }
    if (options.request_list().empty()) return DoesNotFit(field, "(wire).outcomes needs a request_list");
    for (const std::string& name : options.request_list()) {
      if (absl::Status status = CompileRequestList(field, name, batch); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status CompileRequestList(const FieldDescriptor& field, const std::string& name,
                                  BatchPlan* batch) const {
    const firstmile::mapping::BatchOutcomes& options = WireOf(field).outcomes();
    BatchPlan::RequestList list{.field = request_.FindFieldByName(name), .keys = {}};
    const bool texts = list.field != nullptr && list.field->type() == FieldDescriptor::TYPE_STRING;
    const bool messages = list.field != nullptr && list.field->message_type() != nullptr;
    if (!(texts || messages) || !list.field->is_repeated()) {
      return DoesNotFit(field, absl::StrCat("the request has no list of messages or texts ", name));
    }
    for (const std::string& key_name :
         options.request_key().empty() ? options.key() : options.request_key()) {
      if (texts) break;
      const FieldDescriptor* key = list.field->message_type()->FindFieldByName(key_name);
      if (key == nullptr || !IsSingleText(*key)) {
        return DoesNotFit(field, absl::StrCat("key ", key_name, " is no text of an element of ", name));
      }
      list.keys.push_back(key);
    }
    batch->request_lists.push_back(std::move(list));
    return absl::OkStatus();
  }

  absl::Status CompileElement(const Descriptor& type, BatchPlan* batch) {
    plan_->outcome_element = std::make_unique<MessagePlan>();
    batch->element = plan_->outcome_element.get();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (&field == batch->state || &field == batch->failure) continue;
      if (absl::Status status = AddField(field, WireName(field), plan_->outcome_element.get());
          !status.ok()) {
        return status;
      }
    }
    // These are part of the failure: known members without a field of their own.
    for (const absl::string_view name : kFailureMembers) {
      plan_->outcome_element->members.push_back({std::string(name), {}});
    }
    return absl::OkStatus();
  }

  const Descriptor& request_;
  const Descriptor& response_;
  ResponsePlan* plan_;
};

}  // namespace

std::optional<int> EnumTexts::Find(absl::string_view text) const {
  for (const auto& [name, number] : values) {
    if (absl::EqualsIgnoreCase(name, text)) return number;
  }
  return std::nullopt;
}

const Member* MessagePlan::Find(absl::string_view name, std::size_t* position) const {
  const std::size_t size = members.size();
  for (std::size_t step = 0; step < size; ++step) {
    const std::size_t at = *position + step < size ? *position + step : *position + step - size;
    if (members[at].name != name) continue;
    *position = at + 1 == size ? 0 : at + 1;
    return &members[at];
  }
  return nullptr;
}

absl::StatusOr<std::shared_ptr<const ResponsePlan>> ResponsePlan::Compile(
    const Descriptor& request, const Descriptor& response, firstmile::mapping::PayloadKind payload) {
  if (payload == firstmile::mapping::PAYLOAD_KIND_UNSPECIFIED) {
    return absl::InvalidArgumentError(absl::StrCat(response.full_name(), ": the kind of payload is missing"));
  }
  auto plan = std::make_shared<ResponsePlan>();
  plan->payload = payload;
  if (absl::Status status = PlanCompiler(request, response, plan.get()).Run(); !status.ok()) return status;
  return std::shared_ptr<const ResponsePlan>(std::move(plan));
}

}  // namespace firstmile::codec
