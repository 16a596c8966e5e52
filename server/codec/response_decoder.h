// Turns the platform's answer into a response message, forgiving its types.
//
// Immutable after Compile; safe to share between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codec/answer.h"
#include "firstmile/v1/options.pb.h"

namespace google::protobuf {
class Descriptor;
class Message;
}  // namespace google::protobuf

namespace firstmile::codec {

// What the platform said beyond the contract, for the counters.
struct DecodeReport {
  std::uint32_t unknown_fields = 0;
  std::uint32_t unknown_enum_values = 0;
};

class ResponsePlan;  // one compiled message; defined in the implementation

class ResponseDecoder {
 public:
  // Fails with kInvalidArgument when an option contradicts the messages, naming the field.
  static absl::StatusOr<ResponseDecoder> Compile(const google::protobuf::Descriptor& request,
                                                 const google::protobuf::Descriptor& response,
                                                 firstmile::v1::PayloadKind payload);

  // True when the answer tells the outcome of each element of a batch.
  bool has_outcomes() const;

  // Replaces `response` by a JSON answer; also from an all-failed batch, whose outcomes are its payload.
  // Outcomes of a batch are matched with `request`, one per element, in the order of the request.
  // Fails with kInternal and the JSON path when a value cannot be what the contract says, and so that
  // IsAboutAnother (echoes.h) says it when the answer names what `request` did not ask for.
  absl::Status Decode(const Answer& answer, const google::protobuf::Message& request,
                      google::protobuf::Message* response, DecodeReport* report) const;

  // Fills `response` of a file payload (fields content_type and the only bytes field).
  void DecodeFile(std::string file, absl::string_view content_type,
                  google::protobuf::Message* response) const;

 private:
  explicit ResponseDecoder(std::shared_ptr<const ResponsePlan> plan);

  std::shared_ptr<const ResponsePlan> plan_;
};

}  // namespace firstmile::codec
