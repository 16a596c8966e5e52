// Encodes a request message as the query or JSON body that Shopee documents.
//
// Immutable after Compile; safe to share between threads. The field options (wire) of options.proto define
// names, joins, defaults and explicit nulls; Compile reads them once. A Timestamp is sent as whole Unix
// seconds.
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

// Business parameters of one call, not yet percent-encoded. GET calls use `query`, POST calls `body`.
struct WireRequest {
  std::vector<std::pair<std::string, std::string>> query;
  std::string body;
};

enum class Placement { kQuery, kBody };

class RequestPlan;  // one compiled message; defined in the implementation

class RequestEncoder {
 public:
  // Fails with kInvalidArgument and the field's name when an option contradicts the message.
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
