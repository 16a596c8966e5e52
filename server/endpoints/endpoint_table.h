// The endpoint table, built once at startup from the method options of the contract.
//
// Immutable after Build; safe to share between threads. An Endpoint lives as long as its table.
#pragma once

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
#include "firstmile/mapping/options.pb.h"
#include "subjects/subject.h"

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
  firstmile::mapping::Effect effect;
  firstmile::mapping::PayloadKind payload;
  firstmile::mapping::PagingStyle paging;
  absl::Duration timeout;  // per attempt

  const google::protobuf::FieldDescriptor* subject = nullptr;  // null for AUTH_SCOPE_PUBLIC
  RequestRules rules;
  codec::RequestEncoder encoder;
  codec::ResponseDecoder decoder;

  subjects::SubjectKind subject_kind() const;

  // The subject whose token and id sign the call: the partner for a public call; id 0 when the request does
  // not name it.
  subjects::Subject SubjectOf(const google::protobuf::Message& request) const;
};

// The rpcs of `service` that are in the table, in the order of the service.
std::vector<const google::protobuf::MethodDescriptor*> UpstreamMethods(
    const google::protobuf::ServiceDescriptor& service);

class EndpointTable {
 public:
  // Reads the methods of `services`, except those with (mapping.own), which the sidecar implements itself.
  // Fails with kInvalidArgument and the method's name when its option is missing or leaves a field
  // unspecified, a path does not start with /api/v2/, a timeout is not positive, the subject field is missing
  // or belongs to another scope, or a field option does not fit.
  static absl::StatusOr<EndpointTable> Build(
      absl::Span<const google::protobuf::ServiceDescriptor* const> services);

  // Null when no rpc has this request type.
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
