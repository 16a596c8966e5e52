#include "app/config_validator.h"

#include <google/protobuf/message.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace firstmile::app {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void ConfigValidator::Fail(absl::string_view field, absl::string_view reason) {
  if (status_.ok()) status_ = absl::InvalidArgumentError(absl::StrCat(Located(field), ": ", reason));
}

std::string ConfigValidator::Located(absl::string_view field) const {
  return absl::StrCat(file_.locate(field), field);
}

std::int64_t ConfigValidator::Number(absl::string_view field, std::int64_t min, std::int64_t max,
                                     std::int64_t otherwise) {
  const std::optional<std::int64_t> given = OptionalNumber(field, min, max);
  rules_[std::string(field)].otherwise = otherwise;
  return given.value_or(otherwise);
}

std::optional<std::int64_t> ConfigValidator::OptionalNumber(absl::string_view field, std::int64_t min,
                                                            std::int64_t max) {
  rules_[std::string(field)] = {min, max, std::nullopt};
  const std::optional<std::int64_t> given = Given(field);
  if (given.has_value() && (*given < min || *given > max)) {
    Fail(field, absl::StrCat("must be ", min, " to ", max, ", got ", *given));
  }
  return given;
}

// Follows the path along the messages; one that is left out is empty.
std::optional<std::int64_t> ConfigValidator::Given(absl::string_view path) const {
  const Message* message = &file_.config;
  const FieldDescriptor* field = nullptr;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    if (field != nullptr) message = &message->GetReflection()->GetMessage(*message, field);
    field = message->GetDescriptor()->FindFieldByName(std::string(name));
  }
  if (!message->GetReflection()->HasField(*message, field)) return std::nullopt;
  return field->cpp_type() == FieldDescriptor::CPPTYPE_INT32
             ? message->GetReflection()->GetInt32(*message, field)
             : message->GetReflection()->GetInt64(*message, field);
}

}  // namespace firstmile::app
