// Fills messages from JSON objects by a compiled plan.
//
// One MessageFiller serves one answer, on one thread.
#pragma once

#include <simdjson.h>

#include <string>

#include "absl/status/status.h"
#include "codec/response_decoder.h"
#include "codec/response_plan.h"

namespace firstmile::codec {

// Where a value stands, as a chain of stack frames: the text is made only when it is needed.
struct JsonPath {
  static constexpr std::size_t kNoIndex = static_cast<std::size_t>(-1);

  const JsonPath* parent = nullptr;
  absl::string_view member = {};  // empty for an element of a list
  std::size_t index = kNoIndex;

  // For example order_list[3].update_time; empty for a null path, which is the payload itself.
  static std::string Text(const JsonPath* path);
};

class MessageFiller {
 public:
  // Most members that are passed on as unmodeled, and most bytes of their paths and values.
  static constexpr int kUnmodeledMax = 64;
  static constexpr std::size_t kUnmodeledBytesMax = std::size_t{16} << 10;

  // Most elements of all lists together, each of which becomes a message that is many times as large: a page
  // has a hundred.
  static constexpr std::size_t kElementsMax = 100'000;

  // Bytes of one text. Clients of gRPC take 4 MiB of a whole answer, unless they say otherwise.
  static constexpr std::size_t kTextBytesMax = std::size_t{1} << 20;

  // `payload` is the JSON path of the payload, for messages. `unmodeled`, which may be null, is a map field
  // of `response`.
  MessageFiller(absl::string_view payload, const google::protobuf::FieldDescriptor* unmodeled,
                google::protobuf::Message* response, DecodeReport* report)
      : payload_(payload), unmodeled_(unmodeled), response_(response), report_(report) {}

  // Fails with kInternal and the JSON path.
  absl::Status FillMessage(const MessagePlan& plan, simdjson::dom::object object, const JsonPath* path,
                           google::protobuf::Message* message);

  // One member of an object that stands at `parent`. `position` is for MessagePlan::Find.
  absl::Status FillMember(const MessagePlan& plan, absl::string_view name, simdjson::dom::element value,
                          const JsonPath* parent, std::size_t* position, google::protobuf::Message* message);

  // Counts a member that the contract does not know, and passes it on within the limits. `root` stands before
  // its path.
  void PassOn(absl::string_view root, const JsonPath& path, simdjson::dom::element value);

  // The list at `path` is longer than `limit`.
  absl::Status TooMany(const JsonPath* path, std::size_t limit, absl::string_view what) const;

  absl::string_view payload() const { return payload_; }

  absl::Status Wrong(const JsonPath* path, absl::string_view expected, simdjson::dom::element value) const;

 private:
  // Where a value goes: a field of a message, or one more element of it.
  struct Target {
    google::protobuf::Message* message;
    const FieldAction* action;
  };

  absl::Status FillField(const Target& target, simdjson::dom::element value, const JsonPath* path);
  absl::Status FillList(const Target& target, simdjson::dom::element value, const JsonPath* path);
  absl::Status FillValue(const Target& target, simdjson::dom::element value, const JsonPath* path);
  absl::Status FillInteger(const Target& target, simdjson::dom::element value, const JsonPath* path);
  absl::Status FillNumber(const Target& target, simdjson::dom::element value, const JsonPath* path);
  absl::Status FillSubMessage(const Target& target, simdjson::dom::element value, const JsonPath* path);
  absl::Status FillText(const Target& target, simdjson::dom::element value, const JsonPath* path);
  void FillEnum(const Target& target, simdjson::dom::element value);

  absl::string_view payload_;
  const google::protobuf::FieldDescriptor* unmodeled_;
  google::protobuf::Message* response_;
  DecodeReport* report_;
  int passed_on_ = 0;
  std::size_t passed_on_bytes_ = 0;
  std::size_t elements_ = 0;
};

}  // namespace firstmile::codec
