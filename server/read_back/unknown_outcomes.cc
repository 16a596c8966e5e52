#include "read_back/unknown_outcomes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "codec/wire_options.h"
#include "errors/error_class.h"
#include "errors/failure.h"
#include "read_back/read_back_texts.h"

namespace firstmile::read_back {
namespace {

constexpr char kOutcomesReadUnknown[] =
    "Shopee's response left the outcomes of some elements open; they were read from its state.";
constexpr char kAnyMayBeTheBooking[] = "Any of these bindings may be what the call booked: ";

bool IsUnknown(const OutcomeRef& outcome) {
  return outcome.state() == v1::OUTCOME_STATE_UNREPORTED ||
         (outcome.state() == v1::OUTCOME_STATE_FAILED &&
          errors::LeavesOutcomeUnknown(outcome.failure().reason()));
}

const google::protobuf::FieldDescriptor* FieldOfOutcomes(const google::protobuf::Message& response) {
  const google::protobuf::FieldDescriptor* field = response.GetDescriptor()->FindFieldByName("outcomes");
  return field != nullptr && codec::WireOf(*field).has_outcomes() ? field : nullptr;
}

v1::ResponseHeader* HeaderOf(google::protobuf::Message* response) {
  const google::protobuf::FieldDescriptor* header = response->GetDescriptor()->FindFieldByName("header");
  return static_cast<v1::ResponseHeader*>(response->GetReflection()->MutableMessage(response, header));
}

void SetUnknown(OutcomeRef outcome) {
  outcome.set_state(v1::OUTCOME_STATE_UNKNOWN);
  SetFailureUnknown(outcome.mutable_failure());
}

}  // namespace

OutcomeRef::OutcomeRef(google::protobuf::Message* outcome)
    : outcome_(outcome),
      reflection_(outcome->GetReflection()),
      state_(outcome->GetDescriptor()->FindFieldByName("state")),
      failure_(outcome->GetDescriptor()->FindFieldByName("failure")) {}

v1::OutcomeState OutcomeRef::state() const {
  return static_cast<v1::OutcomeState>(reflection_->GetEnumValue(*outcome_, state_));
}

void OutcomeRef::set_state(v1::OutcomeState state) {
  reflection_->SetEnumValue(outcome_, state_, state);
}

bool OutcomeRef::has_failure() const {
  return reflection_->HasField(*outcome_, failure_);
}

const v1::Failure& OutcomeRef::failure() const {
  return static_cast<const v1::Failure&>(reflection_->GetMessage(*outcome_, failure_));
}

v1::Failure* OutcomeRef::mutable_failure() {
  return static_cast<v1::Failure*>(reflection_->MutableMessage(outcome_, failure_));
}

void OutcomeRef::clear_failure() {
  reflection_->ClearField(outcome_, failure_);
}

Outcomes OutcomesOf(google::protobuf::Message* response) {
  const google::protobuf::FieldDescriptor* field = FieldOfOutcomes(*response);
  if (field == nullptr) return {};
  const google::protobuf::Reflection& reflection = *response->GetReflection();
  Outcomes outcomes;
  for (int i = 0; i < reflection.FieldSize(*response, field); ++i) {
    outcomes.emplace_back(reflection.MutableRepeatedMessage(response, field, i));
  }
  return outcomes;
}

void ClearOutcomes(google::protobuf::Message* response) {
  response->GetReflection()->ClearField(response, FieldOfOutcomes(*response));
}

int ElementsOf(const google::protobuf::Message& request, const google::protobuf::Message& response) {
  const google::protobuf::FieldDescriptor* outcomes = FieldOfOutcomes(response);
  if (outcomes == nullptr) return 0;
  int elements = 0;
  for (const std::string& name : codec::WireOf(*outcomes).outcomes().request_list()) {
    elements += request.GetReflection()->FieldSize(request, request.GetDescriptor()->FindFieldByName(name));
  }
  return elements;
}

void CompleteTexts(const google::protobuf::Message& seen, google::protobuf::Message* response) {
  using google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& reflection = *response->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(seen, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated();
    if (!text || reflection.HasField(*response, field)) continue;
    reflection.SetString(response, field, reflection.GetString(seen, field));
  }
}

void WarnThatElementsWereFound(google::protobuf::Message* response) {
  const google::protobuf::FieldDescriptor* error = response->GetDescriptor()->FindFieldByName("error");
  if (error != nullptr) response->GetReflection()->ClearField(response, error);
  HeaderOf(response)->add_warnings()->set_text(kOutcomesReadUnknown);
}

void NameCandidates(const std::vector<std::string>& bindings, google::protobuf::Message* response) {
  if (bindings.empty()) return;
  HeaderOf(response)->add_warnings()->set_text(
      absl::StrCat(kAnyMayBeTheBooking, absl::StrJoin(bindings, ", ")));
}

UnknownOutcomes::UnknownOutcomes(const Outcomes& outcomes, int asked) {
  const std::size_t elements = std::min(static_cast<std::size_t>(asked), outcomes.size());
  for (std::size_t i = 0; i < elements; ++i) {
    if (IsUnknown(outcomes[i])) open_.push_back({i, outcomes[i]});
  }
}

int UnknownOutcomes::Settle(const Outcomes& seen) {
  const auto is_done = [&seen](const Element& element) {
    return element.index < seen.size() && seen[element.index].state() == v1::OUTCOME_STATE_SUCCEEDED;
  };
  for (Element& element : open_) {
    if (!is_done(element)) continue;
    element.outcome.set_state(v1::OUTCOME_STATE_SUCCEEDED);
    element.outcome.clear_failure();
  }
  return static_cast<int>(std::erase_if(open_, is_done));
}

// An element whose refusal could not be matched was not applied either.
void UnknownOutcomes::SettleAsNotApplied() {
  for (Element& element : open_) {
    OutcomeRef& outcome = element.outcome;
    if (errors::IsUnderWay(outcome.failure().vendor_code())) {
      SetUnknown(outcome);
      continue;
    }
    outcome.set_state(v1::OUTCOME_STATE_FAILED);
    const bool refused = outcome.has_failure() && !errors::LeavesOutcomeUnknown(outcome.failure().reason());
    if (refused) continue;
    SetFailureNotApplied(outcome.mutable_failure());
  }
  open_.clear();
}

void UnknownOutcomes::LeaveUnknown() {
  for (Element& element : open_) {
    if (element.outcome.state() == v1::OUTCOME_STATE_UNREPORTED) continue;
    SetUnknown(element.outcome);
  }
  open_.clear();
}

}  // namespace firstmile::read_back
