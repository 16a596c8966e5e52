// A request message compiled for encoding: each field's wire name and format.
//
// Immutable after compiling; safe to share between threads. Internal to RequestEncoder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "codec/request_encoder.h"

namespace google::protobuf {
class FieldDescriptor;
}

namespace firstmile::codec {

struct Parameter {
  const google::protobuf::FieldDescriptor* field = nullptr;
  std::string name;
  std::string json_name = "";  // quoted, with its colon
  bool comma_joined = false;
  bool null_when_absent = false;
  bool quoted = false;  // in JSON
  bool send_when_empty = false;
  std::vector<std::string> default_values = {};
  std::shared_ptr<const RequestPlan> message = nullptr;  // for a message field, otherwise null
};

class RequestPlan {
 public:
  // `send_empty` names string fields that are sent even when empty.
  static absl::StatusOr<std::shared_ptr<const RequestPlan>> Compile(
      const google::protobuf::Descriptor& message, Placement placement,
      const std::vector<std::string>& send_empty, int depth);

  const std::vector<Parameter>& parameters() const { return parameters_; }

 private:
  std::vector<Parameter> parameters_;
};

}  // namespace firstmile::codec
