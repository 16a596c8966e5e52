#include "codec/batch_outcomes.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "codec/echoes.h"
#include "codec/json_value.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace firstmile::codec {
namespace {

using firstmile::v1::OutcomeState;
using google::protobuf::Message;
using simdjson::dom::element;

enum class ListKind { kInline, kSucceeded, kFailed };

struct VendorList {
  absl::string_view name;
  ListKind kind;
};

constexpr VendorList kVendorLists[] = {
    {"order_list", ListKind::kInline},
    {"result_list", ListKind::kInline},
    {"success_list", ListKind::kSucceeded},
    {"fail_list", ListKind::kFailed},
};

std::string KeyText(const Message& message, const google::protobuf::FieldDescriptor* field) {
  std::string scratch;
  const std::string& text = message.GetReflection()->GetStringReference(message, field, &scratch);
  return std::string(Trimmed(text));
}

// An absent key fits every key.
bool KeysAgree(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  if (one.front() != other.front()) return false;
  for (std::size_t i = 1; i < one.size(); ++i) {
    if (one[i] != other[i] && !one[i].empty() && !other[i].empty()) return false;
  }
  return true;
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

absl::Status BatchOutcomes::Fill(const Message& request, MessageFiller* filler, Message* response) {
  for (std::size_t i = 0; i < kLists; ++i) {
    if (!given_[i]) continue;
    if (absl::Status status = ReadList(i, filler); !status.ok()) return status;
  }
  ReadRequest(request);
  if (absl::Status status = CheckAskedFor(filler->payload()); !status.ok()) return status;
  MatchByAllKeys();
  MatchByFirstKey();
  const google::protobuf::Reflection& reflection = *response->GetReflection();
  for (Asked& asked : asked_) {
    reflection.AddAllocatedMessage(response, plan_.outcomes, Resolve(&asked).release());
  }
  for (Outcome& outcome : outcomes_) {
    if (!outcome.matched) reflection.AddAllocatedMessage(response, plan_.outcomes, outcome.message.release());
  }
  return absl::OkStatus();
}

absl::Status BatchOutcomes::ReadList(std::size_t list, MessageFiller* filler) {
  const element value = lists_[list];
  const JsonPath path{.member = kVendorLists[list].name};
  if (Presence(value) == Reading::kNothing) return absl::OkStatus();
  if (!value.is_array()) return ReadElement(list, value, path, filler);
  std::size_t index = 0;
  for (const element item : value.get_array().value_unsafe()) {
    const JsonPath item_path{.parent = &path, .index = index++};
    if (absl::Status status = ReadElement(list, item, item_path, filler); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status BatchOutcomes::ReadElement(std::size_t list, element value, const JsonPath& path,
                                        MessageFiller* filler) {
  if (Presence(value) == Reading::kNothing) return absl::OkStatus();
  if (outcomes_.size() == kOutcomesMax) return filler->TooMany(&path, kOutcomesMax, "outcomes");
  Outcome outcome{.message = std::unique_ptr<Message>(plan_.prototype->New()), .list = list};
  Message* message = outcome.message.get();
  if (value.is_object()) {
    absl::Status status =
        filler->FillMessage(*plan_.element, value.get_object().value_unsafe(), &path, message);
    if (!status.ok()) return status;
  } else if (value.is_string()) {
    message->GetReflection()->SetString(message, plan_.keys.front().in_outcome, TextOf(value));
  } else {
    return filler->Wrong(&path, "an object", value);
  }
  message->GetReflection()->SetEnumValue(message, plan_.state, StateOf(list, *message));
  for (const BatchPlan::Key& key : plan_.keys) outcome.keys.push_back(KeyText(*message, key.in_outcome));
  outcomes_.push_back(std::move(outcome));
  return absl::OkStatus();
}

OutcomeState BatchOutcomes::StateOf(std::size_t list, const Message& outcome) const {
  if (kVendorLists[list].kind == ListKind::kSucceeded) return firstmile::v1::OUTCOME_STATE_SUCCEEDED;
  if (kVendorLists[list].kind == ListKind::kFailed || all_failed_) return firstmile::v1::OUTCOME_STATE_FAILED;
  for (const google::protobuf::FieldDescriptor* field : plan_.failure_texts) {
    if (!KeyText(outcome, field).empty()) return firstmile::v1::OUTCOME_STATE_FAILED;
  }
  return firstmile::v1::OUTCOME_STATE_SUCCEEDED;
}

OutcomeState BatchOutcomes::StateWhenUnmentioned() const {
  return all_failed_ ? firstmile::v1::OUTCOME_STATE_FAILED : firstmile::v1::OUTCOME_STATE_UNREPORTED;
}

void BatchOutcomes::ReadRequest(const Message& request) {
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  const int size = reflection.FieldSize(request, plan_.request_list);
  for (int i = 0; i < size; ++i) {
    const Message& item = reflection.GetRepeatedMessage(request, plan_.request_list, i);
    Asked& asked = asked_.emplace_back();
    for (const BatchPlan::Key& key : plan_.keys) asked.keys.push_back(KeyText(item, key.in_request));
  }
}

absl::Status BatchOutcomes::CheckAskedFor(absl::string_view payload) const {
  const auto names_nothing = [](const Asked& asked) { return asked.keys.front().empty(); };
  if (std::all_of(asked_.begin(), asked_.end(), names_nothing)) return absl::OkStatus();
  for (const Outcome& outcome : outcomes_) {
    const std::string& named = outcome.keys.front();
    const bool asked_for = std::any_of(asked_.begin(), asked_.end(), [&named](const Asked& asked) {
      return NamesTheSame(asked.keys.front(), named);
    });
    if (named.empty() || asked_for) continue;
    return AboutAnother(absl::StrCat(payload, ".", kVendorLists[outcome.list].name),
                        plan_.keys.front().in_outcome->name());
  }
  return absl::OkStatus();
}

void BatchOutcomes::MatchByAllKeys() {
  for (Outcome& outcome : outcomes_) {
    for (Asked& asked : asked_) {
      if (asked.outcome != nullptr || asked.keys != outcome.keys) continue;
      asked.outcome = &outcome;
      outcome.matched = true;
      break;
    }
  }
}

// One side may lack a package number. That is clear enough when a single order is left that it can mean.
void BatchOutcomes::MatchByFirstKey() {
  for (Outcome& outcome : outcomes_) {
    if (outcome.matched) continue;
    Asked* candidate = nullptr;
    int candidates = 0;
    for (Asked& asked : asked_) {
      if (asked.outcome != nullptr || !KeysAgree(asked.keys, outcome.keys)) continue;
      candidate = &asked;
      ++candidates;
    }
    if (candidates != 1) continue;
    candidate->outcome = &outcome;
    outcome.matched = true;
  }
}

std::unique_ptr<Message> BatchOutcomes::Resolve(Asked* asked) const {
  std::unique_ptr<Message> message;
  if (asked->outcome != nullptr) {
    message = std::move(asked->outcome->message);
  } else {
    message.reset(plan_.prototype->New());
    message->GetReflection()->SetEnumValue(message.get(), plan_.state, StateWhenUnmentioned());
  }
  for (std::size_t i = 0; i < plan_.keys.size(); ++i) {
    const google::protobuf::FieldDescriptor* field = plan_.keys[i].in_outcome;
    if (!KeyText(*message, field).empty()) continue;
    message->GetReflection()->SetString(message.get(), field, asked->keys[i]);
  }
  return message;
}

}  // namespace firstmile::codec
