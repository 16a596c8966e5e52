// Checks the keys of a list's elements: unique, or contained in another field of the request.
//
// Immutable after compiling; safe to share between threads. Internal to FieldRule.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "firstmile/mapping/options.pb.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace firstmile::endpoints {

class ElementKeys {
 public:
  using Report = std::function<void(std::string field, std::string description)>;

  // Fails with kInvalidArgument when `check` names an unknown field or one of another type.
  static absl::StatusOr<ElementKeys> Compile(const google::protobuf::FieldDescriptor& list,
                                             const firstmile::mapping::FieldCheck& check);

  // `path` is the list's path in `message`.
  void Check(const google::protobuf::Message& message, const std::string& path, const Report& report) const;

 private:
  void CheckUnique(const google::protobuf::Message& message, const std::string& path,
                   const Report& report) const;
  void CheckAmong(const google::protobuf::Message& message, const std::string& path,
                  const Report& report) const;

  const google::protobuf::FieldDescriptor* list_ = nullptr;
  const google::protobuf::FieldDescriptor* unique_ = nullptr;  // of an element; null: not checked
  const google::protobuf::FieldDescriptor* key_ = nullptr;     // of an element; null: not checked
  const google::protobuf::FieldDescriptor* among_ = nullptr;   // in the list's own message
};

}  // namespace firstmile::endpoints
