// A response message compiled for reading: which JSON member fills which fields.
//
// Immutable after compiling; safe to share between threads. Part of ResponseDecoder.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "codec/echoes.h"
#include "firstmile/v1/options.pb.h"

namespace google::protobuf {
class Descriptor;
class EnumDescriptor;
class FieldDescriptor;
class Message;
class Reflection;
}  // namespace google::protobuf

namespace firstmile::codec {

struct MessagePlan;

// The platform's texts of an enum.
struct EnumTexts {
  std::vector<std::pair<std::string, int>> values;

  // Ignores case; empty for an unknown text.
  std::optional<int> Find(absl::string_view text) const;
};

// One field that a member fills.
struct FieldAction {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const google::protobuf::Reflection* reflection = nullptr;  // of the message that holds the field
  const MessagePlan* message = nullptr;                      // of a message field
  const EnumTexts* texts = nullptr;                          // of an enum field
};

// A JSON member; an enum and its raw text read the same one.
struct Member {
  std::string name;
  std::vector<FieldAction> actions;
};

struct MessagePlan {
  std::vector<Member> members;

  // Null for a member that the contract does not know. Rows repeat the order of their members, so the search
  // starts at *position and leaves it behind the member found.
  const Member* Find(absl::string_view name, std::size_t* position) const;
};

// How the outcomes of a batch are read and matched. The first key is the one that is always there.
struct BatchPlan {
  struct Key {
    const google::protobuf::FieldDescriptor* in_request;  // of an element
    const google::protobuf::FieldDescriptor* in_outcome;
  };

  const google::protobuf::FieldDescriptor* outcomes = nullptr;
  const google::protobuf::FieldDescriptor* request_list = nullptr;
  const google::protobuf::Message* prototype = nullptr;  // of an outcome
  const MessagePlan* element = nullptr;
  const google::protobuf::FieldDescriptor* state = nullptr;
  std::vector<Key> keys = {};
  std::vector<const google::protobuf::FieldDescriptor*> failure_texts = {};
};

// Fields that the envelope fills; null where the message has none.
struct EnvelopeFields {
  const google::protobuf::FieldDescriptor* request_id = nullptr;
  const google::protobuf::FieldDescriptor* warnings = nullptr;
  const google::protobuf::FieldDescriptor* message = nullptr;
  const google::protobuf::FieldDescriptor* unmodeled = nullptr;
  const google::protobuf::FieldDescriptor* error = nullptr;
};

class ResponsePlan {
 public:
  static absl::StatusOr<std::shared_ptr<const ResponsePlan>> Compile(
      const google::protobuf::Descriptor& request, const google::protobuf::Descriptor& response,
      firstmile::v1::PayloadKind payload);

  firstmile::v1::PayloadKind payload = firstmile::v1::PAYLOAD_KIND_UNSPECIFIED;
  EnvelopeFields envelope;
  const MessagePlan* top = nullptr;
  std::optional<BatchPlan> batch;
  Echoes echoes;
  const google::protobuf::FieldDescriptor* content_type = nullptr;  // of a file
  const google::protobuf::FieldDescriptor* file = nullptr;

  // Owners of what the plans point to.
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>> messages;
  std::map<const google::protobuf::EnumDescriptor*, std::unique_ptr<EnumTexts>> enums;
  std::unique_ptr<MessagePlan> outcome_element;
};

}  // namespace firstmile::codec
