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
  // Fails with kInvalidArgument when a rule names an unknown field or does not fit the field's type, and when
  // a list has no limit.
  static absl::StatusOr<RequestRules> Compile(const google::protobuf::Descriptor& request);

  // At most this many violations are reported: a list may hold any number of faulty elements.
  static constexpr std::size_t kViolationsMax = 64;

  // Most bytes of a text whose field declares no (check).bytes_max, so that no text is without a limit.
  static constexpr std::size_t kTextBytesMax = 256;

  // Most bytes of a text of `field`, of its elements or of its values.
  static std::size_t BytesMaxOf(const google::protobuf::FieldDescriptor& field);

  // The violations in the contract's order, one per field; empty when the request may go out. Messages inside
  // the request and elements of lists are checked too, every number must be finite and every text has its
  // limit.
  std::vector<errors::Violation> Check(const google::protobuf::Message& request) const;

 private:
  std::shared_ptr<const MessageRules> rules_;  // null checks nothing
};

}  // namespace firstmile::endpoints
