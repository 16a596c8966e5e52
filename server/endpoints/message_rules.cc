#include <algorithm>

#include "absl/strings/str_cat.h"
#include "endpoints/field_rule.h"
#include "endpoints/request_rules.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace firstmile::endpoints {
namespace {

using google::protobuf::Message;

// Deepest nesting of a request message.
constexpr int kNestingMax = 8;

}  // namespace

void Violations::Add(std::string field, std::string description) {
  if (Full()) return;
  const auto same = [&field](const errors::Violation& violation) { return violation.field == field; };
  if (std::any_of(violations_.begin(), violations_.end(), same)) return;
  bytes_ += field.size() + description.size();
  if (Full() && !violations_.empty()) return;
  violations_.push_back({std::move(field), std::move(description)});
}

bool Violations::Full() const {
  return violations_.size() >= RequestRules::kViolationsMax || bytes_ > RequestRules::kViolationBytesMax;
}

absl::StatusOr<std::shared_ptr<const MessageRules>> MessageRules::Compile(
    const google::protobuf::Descriptor& type, int depth) {
  if (depth > kNestingMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(type.full_name(), ": nested deeper than ", kNestingMax, " levels"));
  }
  auto rules = std::make_shared<MessageRules>();
  for (int i = 0; i < type.field_count(); ++i) {
    absl::StatusOr<FieldRule> rule = FieldRule::Compile(*type.field(i), depth);
    if (!rule.ok()) return rule.status();
    if (rule->ChecksAnything()) rules->rules_.push_back(*std::move(rule));
  }
  return std::shared_ptr<const MessageRules>(std::move(rules));
}

void MessageRules::Check(const Message& message, const std::string& prefix, Violations* out) const {
  for (const FieldRule& rule : rules_) rule.Check(message, prefix, out);
}

}  // namespace firstmile::endpoints
