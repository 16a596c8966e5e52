// Turns a request message into the query or the JSON body that the platform documents.
//
// Immutable after Compile; safe to share between threads. Field options (wire) of options.proto decide names,
// joins, defaults and explicit nulls; they are read once, in Compile.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace google::protobuf {
class Descriptor;
class Message;
}  // namespace google::protobuf

namespace firstmile::codec {

// Business parameters of one call, not yet percent-encoded. GET calls fill `query`, POST calls fill `body`.
struct WireRequest {
  std::vector<std::pair<std::string, std::string>> query;
  std::string body;
};

enum class Placement { kQuery, kBody };

class RequestPlan;  // one compiled message; defined in the implementation

class RequestEncoder {
 public:
  // Fails with kInvalidArgument when an option contradicts the message, naming the field.
  static absl::StatusOr<RequestEncoder> Compile(const google::protobuf::Descriptor& request,
                                                Placement placement);

  // `request` must be of the compiled type. Query parameters and body members keep the contract's field
  // order.
  WireRequest Encode(const google::protobuf::Message& request) const;

 private:
  RequestEncoder(std::shared_ptr<const RequestPlan> plan, Placement placement);

  std::shared_ptr<const RequestPlan> plan_;
  Placement placement_;
};

}  // namespace firstmile::codec
