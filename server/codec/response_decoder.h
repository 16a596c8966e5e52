// Decodes Shopee's answer into a response message, tolerating other types.
//
// Immutable after Compile; safe to share between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codec/answer.h"
#include "firstmile/mapping/options.pb.h"

namespace google::protobuf {
class Descriptor;
class Message;
}  // namespace google::protobuf

namespace firstmile::codec {

// Parts of the answer beyond the contract, for metrics.
struct DecodeReport {
  std::uint32_t unknown_fields = 0;
  std::uint32_t unknown_enum_values = 0;
  std::uint32_t odd_values = 0;  // did not fit their fields; included in unknown_fields
};

class ResponsePlan;  // one compiled message; defined in the implementation

class ResponseDecoder {
 public:
  // Fails with kInvalidArgument and the field's name when an option contradicts the messages.
  static absl::StatusOr<ResponseDecoder> Compile(const google::protobuf::Descriptor& request,
                                                 const google::protobuf::Descriptor& response,
                                                 firstmile::mapping::PayloadKind payload);

  // Whether the answer has an outcome for each element of a batch.
  bool has_outcomes() const;

  // True for an object that is not an envelope but has members of a top-level payload: Shopee's samples of
  // these calls have neither `error` nor `response`.
  bool HasBarePayload(const Answer& answer) const;

  // Replaces `response` with a JSON answer; also for an all-failed batch, whose outcomes are its payload.
  // Matches a batch's outcomes with `request`, one per element, in the request's order. A value that does not
  // fit its field goes to the header's unmodeled_fields; the rest is kept. Fails with kInternal and the JSON
  // path when the whole payload or a list of objects has another type than the contract's, and with
  // AboutAnother (echoes.h) when the answer names something that was not requested.
  absl::Status Decode(const Answer& answer, const google::protobuf::Message& request,
                      google::protobuf::Message* response, DecodeReport* report) const;

  // True when all fields of `response` besides its header are empty, although it has some.
  bool HasNoContent(const google::protobuf::Message& response) const;

  // Fills `response` with a file (the fields content_type and the only bytes field).
  void DecodeFile(std::string file, absl::string_view content_type,
                  google::protobuf::Message* response) const;

 private:
  explicit ResponseDecoder(std::shared_ptr<const ResponsePlan> plan);

  std::shared_ptr<const ResponsePlan> plan_;
};

}  // namespace firstmile::codec
