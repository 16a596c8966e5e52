// A response message compiled for decoding: which JSON member fills which fields.
//
// Immutable after compiling; safe to share between threads. Internal to ResponseDecoder.
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
#include "firstmile/mapping/options.pb.h"

namespace google::protobuf {
class Descriptor;
class EnumDescriptor;
class FieldDescriptor;
class Message;
class Reflection;
}  // namespace google::protobuf

namespace firstmile::codec {

struct MessagePlan;

// Members of a batch's failed element: Shopee's code, and its text under either name.
inline constexpr absl::string_view kFailError = "fail_error";
inline constexpr absl::string_view kFailMessage = "fail_message";
inline constexpr absl::string_view kFailReason = "fail_reason";
inline constexpr absl::string_view kFailureMembers[] = {kFailError, kFailMessage, kFailReason};

// Shopee's texts for an enum.
struct EnumTexts {
  std::vector<std::pair<std::string, int>> values;

  // Ignores case; empty for an unknown text.
  std::optional<int> Find(absl::string_view text) const;
};

// One field that a member fills.
struct FieldAction {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const google::protobuf::Reflection* reflection = nullptr;  // of the containing message
  const MessagePlan* message = nullptr;                      // for a message field
  const EnumTexts* texts = nullptr;                          // for an enum field
  bool is_time = false;                                      // a Timestamp: seconds since 1970
  bool is_presence = false;                                  // a bool: whether the member is there
};

// A JSON member. It may fill two fields: an enum and its raw text, or a value and whether it is there.
struct Member {
  std::string name;
  std::vector<FieldAction> actions;
};

struct MessagePlan {
  std::vector<Member> members;

  // Null for an unknown member. Rows repeat their members' order, so the search starts at *position and sets
  // it past the member found.
  const Member* Find(absl::string_view name, std::size_t* position) const;
};

// How a batch's outcomes are read and matched. The first key is always present.
struct BatchPlan {
  struct RequestList {
    const google::protobuf::FieldDescriptor* field;
    std::vector<const google::protobuf::FieldDescriptor*> keys;  // of an element; none in a list of texts
  };

  const google::protobuf::FieldDescriptor* outcomes = nullptr;
  std::vector<RequestList> request_lists = {};
  const google::protobuf::Message* prototype = nullptr;  // of an outcome
  const MessagePlan* element = nullptr;
  const google::protobuf::FieldDescriptor* state = nullptr;
  const google::protobuf::FieldDescriptor* failure = nullptr;
  std::vector<const google::protobuf::FieldDescriptor*> keys = {};  // of an outcome
};

// A text that is read from the elements of a list of the payload, if it is not beside the list.
struct TextInElements {
  const google::protobuf::FieldDescriptor* field = nullptr;
  std::string name;  // of the member
  std::string list;
};

class ResponsePlan {
 public:
  static absl::StatusOr<std::shared_ptr<const ResponsePlan>> Compile(
      const google::protobuf::Descriptor& request, const google::protobuf::Descriptor& response,
      firstmile::mapping::PayloadKind payload);

  firstmile::mapping::PayloadKind payload = firstmile::mapping::PAYLOAD_KIND_UNSPECIFIED;
  const google::protobuf::FieldDescriptor* header = nullptr;  // ResponseHeader; null: none
  const google::protobuf::FieldDescriptor* error = nullptr;   // for a batch; null: none
  const MessagePlan* top = nullptr;
  std::optional<BatchPlan> batch;
  std::vector<TextInElements> texts_in_elements;
  Echoes echoes;
  const google::protobuf::FieldDescriptor* content_type = nullptr;  // for a file
  const google::protobuf::FieldDescriptor* file = nullptr;

  // Owners of the objects that the plans point to.
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>> messages;
  std::map<const google::protobuf::EnumDescriptor*, std::unique_ptr<EnumTexts>> enums;
  std::unique_ptr<MessagePlan> outcome_element;
};

}  // namespace firstmile::codec
