// Reads the field and enum options of options.proto from descriptors.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "firstmile/mapping/options.pb.h"

namespace google::protobuf {
class EnumValueDescriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace firstmile::codec {

const firstmile::mapping::WireField& WireOf(const google::protobuf::FieldDescriptor& field);

// The field's name in JSON and in the query.
std::string WireName(const google::protobuf::FieldDescriptor& field);

// Shopee's texts for an enum value, the one to send first; none for X_UNSPECIFIED.
std::vector<std::string> WireTexts(const google::protobuf::EnumValueDescriptor& value);

// kInvalidArgument with the field's name.
absl::Status DoesNotFit(const google::protobuf::FieldDescriptor& field, absl::string_view why);

}  // namespace firstmile::codec
