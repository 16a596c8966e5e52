// The immutable table of endpoints, built once at start from the method options of the contract.
//
// Immutable after Build; safe to share between threads. An Endpoint lives as long as its table.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "codec/request_encoder.h"
#include "codec/response_decoder.h"
#include "endpoints/request_rules.h"
#include "endpoints/stream_endpoint.h"
#include "firstmile/v1/options.pb.h"

namespace google::protobuf {
class FieldDescriptor;
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace firstmile::endpoints {

enum class HttpVerb { kGet, kPost };

// One unary rpc and the REST call behind it.
struct Endpoint {
  std::string operation;  // "FirstMileService/GetDetail": for logs, metrics and errors
  HttpVerb verb;
  std::string path;  // starts with /api/v2/
  firstmile::v1::AuthScope scope;
  firstmile::v1::Effect effect;
  firstmile::v1::PayloadKind payload;
  firstmile::v1::PagingStyle paging;
  absl::Duration timeout;  // of one attempt

  const google::protobuf::FieldDescriptor* subject = nullptr;  // shop_id; null for AUTH_SCOPE_PUBLIC
  RequestRules rules;
  codec::RequestEncoder encoder;
  codec::ResponseDecoder decoder;

  // The id that signs the call; 0 when the scope has none.
  std::int64_t SubjectOf(const google::protobuf::Message& request) const;
};

class EndpointTable {
 public:
  // Reads every method of `services`. Fails with kInvalidArgument and the method's name when a method lacks
  // its option, a path does not start with /api/v2/, a fact is unspecified, a timeout is not positive, a
  // scope has no subject field, or a field option does not fit.
  static absl::StatusOr<EndpointTable> Build(
      absl::Span<const google::protobuf::ServiceDescriptor* const> services);

  // Null when no rpc takes this request.
  const Endpoint* FindByRequest(const google::protobuf::Descriptor* request) const;
  const StreamEndpoint* FindStreamByRequest(const google::protobuf::Descriptor* request) const;

  // Sorted by operation.
  std::vector<const Endpoint*> endpoints() const;

 private:
  absl::Status AddUnary(const google::protobuf::MethodDescriptor& method);
  absl::Status AddStream(const google::protobuf::MethodDescriptor& method);

  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<const Endpoint>> unary_;
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<const StreamEndpoint>> streams_;
};

}  // namespace firstmile::endpoints
