// The checks that the contract declares on request fields ((check) in options.proto), compiled once.
//
// Immutable after Compile; safe to share between threads.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "errors/status.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace firstmile::endpoints {

class MessageRules;  // the rules of one message type; defined in field_rule.h

class RequestRules {
 public:
  // Fails with kInvalidArgument when a rule names an unknown field or does not fit the field's type, or when
  // a list has no limit.
  static absl::StatusOr<RequestRules> Compile(const google::protobuf::Descriptor& request);

  // Most violations reported: a list may have any number of faulty elements.
  static constexpr std::size_t kViolationsMax = 64;

  // Most bytes of their names and texts together: clients accept 8 KiB of trailers, which contain the
  // violations in base64 and a message that repeats some.
  static constexpr std::size_t kViolationBytesMax = 2048;

  // Most bytes of a text whose field declares no (check).bytes_max, so that every text has a limit.
  static constexpr std::size_t kTextBytesMax = 256;

  // Most bytes of a text in `field`, or in its elements.
  static std::size_t BytesMaxOf(const google::protobuf::FieldDescriptor& field);

  // Returns the violations in the contract's order, one per field; empty when the request is valid. Also
  // checks nested messages and list elements; every number must be finite and every text has a limit.
  std::vector<errors::Violation> Check(const google::protobuf::Message& request) const;

 private:
  std::shared_ptr<const MessageRules> rules_;  // null: nothing to check
};

}  // namespace firstmile::endpoints
