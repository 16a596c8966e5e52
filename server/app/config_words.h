// What is wrong with a configuration, in our own words: the parsers of libraries quote what they stumble
// over, which may be a key or a token in the wrong place.
//
// Pure functions and plain values. For this room alone.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace firstmile::app {

// The first mistake of a file. No text of the file is part of it, but for names that look like those of
// fields.
struct ConfigMistake {
  int line = 1;
  std::string field;  // its path, "shop_tokens[2].shop_id"; empty at the top
  std::string reason;
};

// From the path of a field to its line; the path of a list means its first element.
using ConfigLines = absl::flat_hash_map<std::string, int>;

// "a quoted string", "a whole number": what a value of `field` must be.
std::string ExpectedValue(const google::protobuf::FieldDescriptor& field);

// "there is no field bogus; expected one of level, format".
std::string NoSuchField(const google::protobuf::Descriptor& type, absl::string_view name);

// Why `field` may not be given once more, or beside another of its oneof, of which `given` is.
std::string GivenTwice(const google::protobuf::FieldDescriptor& field,
                       const google::protobuf::FieldDescriptor& given);

// "log.level"; without the dot at the top.
std::string FieldPath(absl::string_view parent, absl::string_view name);

}  // namespace firstmile::app
