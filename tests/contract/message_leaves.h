// The single values of messages and of JSON, each with its path, so that they can be compared.
//
// Pure functions.
#pragma once

#include <string>
#include <vector>

namespace google::protobuf {
class Message;
}

namespace firstmile::testing {

struct Leaf {
  std::string path;  // wire names; [] follows the name of a list
  std::string text;
  std::string kind;  // "text", "integer", "number", "truth", "null", "state", "presence", "file"

  bool operator==(const Leaf&) const = default;
};

// Sets each field, nested ones included, to a unique value; lists get one element. The subject (shop_id)
// stays empty. Returns the values.
std::vector<Leaf> FillEveryField(google::protobuf::Message* message);

// The values in `message`, without those of unmodeled_fields.
std::vector<Leaf> LeavesOf(const google::protobuf::Message& message);

// The values of a JSON text; the test fails when it is invalid.
std::vector<Leaf> LeavesOfJson(const std::string& json);

// The part after the last dot of a path, without a list's brackets.
std::string LastName(const std::string& path);

}  // namespace firstmile::testing
