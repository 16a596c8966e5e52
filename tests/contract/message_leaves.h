// The single values of messages and of JSON, each with its path, so that the two can be compared.
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
  std::string path;  // names of the wire; [] follows the name of a list
  std::string text;
  std::string kind;  // "text", "integer", "number", "truth", "null", "state", "file"

  bool operator==(const Leaf&) const = default;
};

// Gives each field, also in nested messages, a value of its own; lists get one element. The subject (shop_id)
// stays empty. Tells what was given.
std::vector<Leaf> FillEveryField(google::protobuf::Message* message);

// The values that `message` holds, without those of unmodeled_fields.
std::vector<Leaf> LeavesOf(const google::protobuf::Message& message);

// The values of a JSON text; the test fails when it is none.
std::vector<Leaf> LeavesOfJson(const std::string& json);

// What follows the last dot of a path, without the brackets of a list.
std::string LastName(const std::string& path);

}  // namespace firstmile::testing
