#include "codec/wire_options.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"

namespace firstmile::codec {

const firstmile::mapping::WireField& WireOf(const google::protobuf::FieldDescriptor& field) {
  return field.options().GetExtension(firstmile::mapping::wire);
}

std::string WireName(const google::protobuf::FieldDescriptor& field) {
  const std::string& name = WireOf(field).name();
  return name.empty() ? std::string(field.name()) : name;
}

std::vector<std::string> WireTexts(const google::protobuf::EnumValueDescriptor& value) {
  if (value.number() == 0) return {};
  const auto& names = value.options().GetExtension(firstmile::mapping::wire_enum).names();
  if (!names.empty()) return {names.begin(), names.end()};
  const google::protobuf::EnumValueDescriptor* zero = value.type()->FindValueByNumber(0);
  absl::string_view text = value.name();
  absl::string_view prefix = zero->name();
  if (absl::ConsumeSuffix(&prefix, "UNSPECIFIED")) absl::ConsumePrefix(&text, prefix);
  return {std::string(text)};
}

absl::Status DoesNotFit(const google::protobuf::FieldDescriptor& field, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(field.full_name(), ": ", why));
}

}  // namespace firstmile::codec
