#include "codec/batch_outcomes.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "codec/echoes.h"
#include "codec/json_value.h"
#include "errors/failure.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace firstmile::codec {
namespace {

using google::protobuf::Message;
using simdjson::dom::element;

enum class ListKind { kInline, kSucceeded, kFailed };

struct VendorList {
  absl::string_view name;
  ListKind kind;
  bool of_keys = false;  // its elements are keys, not rows
};

constexpr VendorList kVendorLists[] = {
    {"order_list", ListKind::kInline},      {"result_list", ListKind::kInline},
    {"success_list", ListKind::kSucceeded}, {"success_id_list", ListKind::kSucceeded, true},
    {"fail_list", ListKind::kFailed},
};

// Zero and false mean "no error", like an empty text.
std::string ErrorText(element value) {
  std::int64_t number = 0;
  const bool none = !value.is_string() && ReadInteger(value, &number) == Reading::kValue && number == 0;
  return none ? "" : TextOf(value);
}

std::string KeyText(const Message& message, const google::protobuf::FieldDescriptor* field) {
  std::string scratch;
  const std::string& text = message.GetReflection()->GetStringReference(message, field, &scratch);
  return std::string(Trimmed(text));
}

}  // namespace

bool BatchOutcomes::Take(absl::string_view name, element value) {
  static_assert(std::size(kVendorLists) == kLists);
  for (std::size_t i = 0; i < kLists; ++i) {
    if (kVendorLists[i].name != name) continue;
    lists_[i] = value;
    given_[i] = true;
    return true;
  }
  return false;
}

absl::Status BatchOutcomes::Fill(const Message& request, JsonMessageDecoder* decoder, Message* response) {
  for (std::size_t i = 0; i < kLists; ++i) {
    if (!given_[i]) continue;
    if (absl::Status status = ReadList(i, decoder); !status.ok()) return status;
  }
  const std::vector<ElementKeys> asked = ReadRequest(request);
  if (absl::Status status = CheckAskedFor(asked, decoder->payload()); !status.ok()) return status;
  const OutcomeMatch match = MatchOutcomes(asked, rows_);
  const google::protobuf::Reflection& reflection = *response->GetReflection();
  for (std::size_t i = 0; i < asked.size(); ++i) {
    reflection.AddAllocatedMessage(response, plan_.outcomes, Resolve(asked[i], match.elements[i]).release());
  }
  for (const std::size_t row : match.others) {
    reflection.AddAllocatedMessage(response, plan_.outcomes, outcomes_[row].message.release());
  }
  return absl::OkStatus();
}

absl::Status BatchOutcomes::ReadList(std::size_t list, JsonMessageDecoder* decoder) {
  const element value = lists_[list];
  const JsonPath path{.member = kVendorLists[list].name};
  if (Presence(value) == Reading::kNothing) return absl::OkStatus();
  if (!value.is_array()) return ReadElement(list, value, path, decoder);
  std::size_t index = 0;
  for (const element item : value.get_array().value_unsafe()) {
    const JsonPath item_path{.parent = &path, .index = index++};
    if (absl::Status status = ReadElement(list, item, item_path, decoder); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status BatchOutcomes::ReadElement(std::size_t list, element value, const JsonPath& path,
                                        JsonMessageDecoder* decoder) {
  if (Presence(value) == Reading::kNothing) return absl::OkStatus();
  if (outcomes_.size() == kOutcomesMax) return decoder->TooMany(&path, kOutcomesMax, "outcomes");
  Outcome outcome{.message = std::unique_ptr<Message>(plan_.prototype->New()), .list = list};
  Message* message = outcome.message.get();
  ElementError element_error;
  if (value.is_object()) {
    const simdjson::dom::object object = value.get_object().value_unsafe();
    absl::Status status = decoder->FillMessage(*plan_.element, object, &path, message);
    if (!status.ok()) return status;
    element_error = ElementErrorIn(object);
  } else if (value.is_string() || (kVendorLists[list].of_keys && !value.is_array())) {
    message->GetReflection()->SetString(message, plan_.keys.front(), TextOf(value));
  } else {  // an unusable row: elements that no other row covers stay unreported
    decoder->AddOddValue(path, value);
    return absl::OkStatus();
  }
  OutcomeRow& row = rows_.emplace_back();
  row.end = SetEnd(list, element_error, message);
  for (const google::protobuf::FieldDescriptor* key : plan_.keys) row.keys.push_back(KeyText(*message, key));
  outcomes_.push_back(std::move(outcome));
  return absl::OkStatus();
}

BatchOutcomes::ElementError BatchOutcomes::ElementErrorIn(simdjson::dom::object element) {
  ElementError element_error;
  std::string reason;
  for (const auto& [key, value] : element) {
    const absl::string_view name(key.data(), key.size());
    if (name == kFailError) element_error.code = ErrorText(value);
    if (name == kFailMessage) element_error.text = TextOf(value);
    if (name == kFailReason) reason = TextOf(value);
  }
  if (element_error.text.empty()) element_error.text = std::move(reason);
  return element_error;
}

RowEnd BatchOutcomes::SetEnd(std::size_t list, const ElementError& element_error, Message* outcome) const {
  const ListKind kind = kVendorLists[list].kind;
  // A row with an error failed, whichever list it is in.
  const bool failed =
      kind == ListKind::kFailed || !element_error.empty() || (kind == ListKind::kInline && all_failed_);
  if (!failed) {
    outcome->GetReflection()->SetEnumValue(outcome, plan_.state, firstmile::v1::OUTCOME_STATE_SUCCEEDED);
    return RowEnd::kDone;
  }
  return errors::LeavesOutcomeUnknown(SetFailed(element_error, outcome)) ? RowEnd::kOutcomeUnknown
                                                                         : RowEnd::kFailed;
}

void BatchOutcomes::SetEndWhenUnmentioned(Message* outcome) const {
  if (all_failed_) {
    SetFailed({}, outcome);
  } else {
    outcome->GetReflection()->SetEnumValue(outcome, plan_.state, firstmile::v1::OUTCOME_STATE_UNREPORTED);
  }
}

// An element without an error of its own gets the answer's.
v1::ErrorReason BatchOutcomes::SetFailed(const ElementError& element_error, Message* outcome) const {
  const google::protobuf::Reflection& reflection = *outcome->GetReflection();
  reflection.SetEnumValue(outcome, plan_.state, firstmile::v1::OUTCOME_STATE_FAILED);
  const bool own = !element_error.empty();
  auto& failure = *static_cast<v1::Failure*>(reflection.MutableMessage(outcome, plan_.failure));
  failure = errors::FailureOfElement({.vendor_code = own ? element_error.code : answer_.error,
                                      .vendor_message = own ? element_error.text : answer_.message,
                                      .request_id = answer_.request_id,
                                      .http_status = answer_.http_status},
                                     answer_.received_at);
  return failure.reason();
}

std::vector<ElementKeys> BatchOutcomes::ReadRequest(const Message& request) const {
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  std::vector<ElementKeys> asked;
  for (const BatchPlan::RequestList& list : plan_.request_lists) {
    const int size = reflection.FieldSize(request, list.field);
    for (int i = 0; i < size; ++i) {
      ElementKeys& keys = asked.emplace_back();
      if (list.keys.empty()) {
        keys.emplace_back(Trimmed(reflection.GetRepeatedString(request, list.field, i)));
        keys.resize(plan_.keys.size());
        continue;
      }
      const Message& item = reflection.GetRepeatedMessage(request, list.field, i);
      for (const google::protobuf::FieldDescriptor* key : list.keys) keys.push_back(KeyText(item, key));
    }
  }
  return asked;
}

absl::Status BatchOutcomes::CheckAskedFor(const std::vector<ElementKeys>& asked,
                                          absl::string_view payload) const {
  const auto names_nothing = [](const ElementKeys& keys) { return keys.front().empty(); };
  if (std::all_of(asked.begin(), asked.end(), names_nothing)) return absl::OkStatus();
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    const std::string& named = rows_[row].keys.front();
    const bool asked_for = std::any_of(asked.begin(), asked.end(), [&named](const ElementKeys& keys) {
      return NamesTheSame(keys.front(), named);
    });
    if (named.empty() || asked_for) continue;
    return AboutAnother(absl::StrCat(payload, ".", kVendorLists[outcomes_[row].list].name),
                        plan_.keys.front()->name());
  }
  return absl::OkStatus();
}

std::unique_ptr<Message> BatchOutcomes::Resolve(const ElementKeys& keys,
                                                const OutcomeMatch::Element& element) const {
  std::unique_ptr<Message> message(plan_.prototype->New());
  const google::protobuf::Reflection& reflection = *message->GetReflection();
  if (element.row != OutcomeMatch::kNoRow) {
    message->CopyFrom(*outcomes_[element.row].message);
  } else if (element.hint != OutcomeMatch::kNoRow) {
    message->CopyFrom(*outcomes_[element.hint].message);
    reflection.SetEnumValue(message.get(), plan_.state, firstmile::v1::OUTCOME_STATE_UNREPORTED);
  } else {
    SetEndWhenUnmentioned(message.get());
  }
  for (std::size_t i = 0; i < plan_.keys.size(); ++i) {
    if (!keys[i].empty()) reflection.SetString(message.get(), plan_.keys[i], keys[i]);
  }
  return message;
}

}  // namespace firstmile::codec
