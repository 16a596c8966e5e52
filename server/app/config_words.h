// What is wrong with a configuration, in our own words: the parsers of libraries quote the text that they
// cannot read, which may be a key or a token in the wrong field.
//
// Pure functions and plain values. Internal to this module.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace firstmile::app {

// The first mistake of a file. No text of the file is part of it, except names that have the form of a
// field's name.
struct ConfigMistake {
  int line = 1;
  std::string field;  // its path, "shop_tokens[2].shop_id"; empty at the top
  std::string reason;
};

// From the path of a field to its line; the path of a list means its first element.
using ConfigLines = absl::flat_hash_map<std::string, int>;

// "a quoted string", "a whole number": what a value of `field` must be.
std::string ExpectedValue(const google::protobuf::FieldDescriptor& field);

// A name in a message that has no such field: "log: there is no field bogus; expected one of level, format",
// or "custody: was renamed to tokens in 0.2". `path` is that of the message.
ConfigMistake NoSuchField(int line, const std::string& path, const google::protobuf::Descriptor& type,
                          absl::string_view name);

// Why `field` may not be given again, or beside `given` of the same oneof.
std::string GivenTwice(const google::protobuf::FieldDescriptor& field,
                       const google::protobuf::FieldDescriptor& given);

// "log.level"; without the dot at the top.
std::string FieldPath(absl::string_view parent, absl::string_view name);

}  // namespace firstmile::app
