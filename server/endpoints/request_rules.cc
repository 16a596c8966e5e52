#include "endpoints/request_rules.h"

#include <utility>

#include "endpoints/field_rule.h"
#include "google/protobuf/descriptor.h"

namespace firstmile::endpoints {

absl::StatusOr<RequestRules> RequestRules::Compile(const google::protobuf::Descriptor& request) {
  absl::StatusOr<std::shared_ptr<const MessageRules>> compiled = MessageRules::Compile(request, 0);
  if (!compiled.ok()) return compiled.status();
  RequestRules rules;
  rules.rules_ = *std::move(compiled);
  return rules;
}

std::size_t RequestRules::BytesMaxOf(const google::protobuf::FieldDescriptor& field) {
  const std::int32_t declared = field.options().GetExtension(firstmile::mapping::check).bytes_max();
  return declared > 0 ? static_cast<std::size_t>(declared) : kTextBytesMax;
}

std::vector<errors::Violation> RequestRules::Check(const google::protobuf::Message& request) const {
  Violations violations;
  if (rules_ != nullptr) rules_->Check(request, "", &violations);
  return violations.Release();
}

}  // namespace firstmile::endpoints
