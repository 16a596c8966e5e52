#include "endpoints/request_rules.h"

#include <utility>

#include "endpoints/field_rule.h"

namespace firstmile::endpoints {

absl::StatusOr<RequestRules> RequestRules::Compile(const google::protobuf::Descriptor& request) {
  absl::StatusOr<std::shared_ptr<const MessageRules>> compiled = MessageRules::Compile(request, 0);
  if (!compiled.ok()) return compiled.status();
  RequestRules rules;
  rules.rules_ = *std::move(compiled);
  return rules;
}

std::vector<errors::Violation> RequestRules::Check(const google::protobuf::Message& request) const {
  Violations violations;
  if (rules_ != nullptr) rules_->Check(request, "", &violations);
  return violations.Release();
}

}  // namespace firstmile::endpoints
