// Fills messages from JSON objects according to a compiled plan.
//
// Used for one answer; not thread-safe.
#pragma once

#include <simdjson.h>

#include <string>

#include "absl/status/status.h"
#include "codec/response_decoder.h"
#include "codec/response_plan.h"
#include "firstmile/v1/common.pb.h"

namespace firstmile::codec {

// A value's JSON path, as a chain of stack frames; its text is built only when needed.
struct JsonPath {
  static constexpr std::size_t kNoIndex = static_cast<std::size_t>(-1);

  const JsonPath* parent = nullptr;
  absl::string_view member = {};  // empty for a list element
  std::size_t index = kNoIndex;

  // Such as order_list[3].update_time; empty for a null path, which is the payload itself.
  static std::string Text(const JsonPath* path);
};

class JsonMessageDecoder {
 public:
  // Most members passed on as unmodeled, and most bytes of their paths and values.
  static constexpr int kUnmodeledMax = 64;
  static constexpr int kUnmodeledOfThePage = 16;  // of these, reserved for members outside of rows
  static constexpr std::size_t kUnmodeledBytesMax = std::size_t{16} << 10;

  // Most elements of all lists together, each of which becomes a much larger message; a page has about a
  // hundred.
  static constexpr std::size_t kElementsMax = 100'000;

  // Most bytes of one text. By default, gRPC clients accept 4 MiB for a whole response.
  static constexpr std::size_t kTextBytesMax = std::size_t{1} << 20;

  // `payload` is the payload's JSON path, for messages. `header`, which may be null, gets unmodeled members.
  JsonMessageDecoder(absl::string_view payload, v1::ResponseHeader* header, DecodeReport* report)
      : payload_(payload), header_(header), report_(report) {}

  // Fails with kInternal and the JSON path.
  absl::Status FillMessage(const MessagePlan& plan, simdjson::dom::object object, const JsonPath* path,
                           google::protobuf::Message* message);

  // Fills one member of the object at `parent`. `position` is for MessagePlan::Find.
  absl::Status FillMember(const MessagePlan& plan, absl::string_view name, simdjson::dom::element value,
                          const JsonPath* parent, std::size_t* position, google::protobuf::Message* message);

  // Counts an unmodeled member, and passes it on within the limits. `root` is the prefix of its path.
  void AddUnmodeled(absl::string_view root, const JsonPath& path, simdjson::dom::element value);

  // Passes on a value that does not fit its field, and counts it separately: one odd member must not hide the
  // rest.
  void AddOddValue(const JsonPath& path, simdjson::dom::element value);

  // The error for a list at `path` longer than `limit`.
  absl::Status TooMany(const JsonPath* path, std::size_t limit, absl::string_view what) const;

  absl::string_view payload() const { return payload_; }

  absl::Status Wrong(const JsonPath* path, absl::string_view expected, simdjson::dom::element value) const;

 private:
  // The destination of a value: a message field, or a new element of a repeated one.
  struct Target {
    google::protobuf::Message* message;
    const FieldAction* action;
  };

  absl::Status FillField(const Target& target, simdjson::dom::element value, const JsonPath* path);
  absl::Status FillList(const Target& target, simdjson::dom::element value, const JsonPath* path);
  absl::Status FillValue(const Target& target, simdjson::dom::element value, const JsonPath* path);
  void FillInteger(const Target& target, simdjson::dom::element value, const JsonPath* path);
  void FillNumber(const Target& target, simdjson::dom::element value, const JsonPath* path);
  absl::Status FillSubMessage(const Target& target, simdjson::dom::element value, const JsonPath* path);
  void FillTime(const Target& target, simdjson::dom::element value, const JsonPath* path);
  absl::Status FillText(const Target& target, simdjson::dom::element value, const JsonPath* path);
  void FillBool(const Target& target, simdjson::dom::element value, const JsonPath* path);
  void FillEnum(const Target& target, simdjson::dom::element value);

  absl::string_view payload_;
  v1::ResponseHeader* header_;
  DecodeReport* report_;
  int passed_on_ = 0;
  std::size_t passed_on_bytes_ = 0;
  std::size_t elements_ = 0;
};

}  // namespace firstmile::codec
