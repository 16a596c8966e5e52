// The rpcs of Shopee, from the method options of the contract.
//
// Immutable; safe to share between threads. What it hands out lives as long as the table.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "endpoints/endpoint.h"
#include "endpoints/on_first_use.h"
#include "endpoints/stream_endpoint.h"

namespace google::protobuf {
class Descriptor;
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace firstmile::endpoints {

// The rpcs of `service` that are in the table, in the order of the service.
std::vector<const google::protobuf::MethodDescriptor*> UpstreamMethods(
    const google::protobuf::ServiceDescriptor& service);

class EndpointTable {
 public:
  using Services = absl::Span<const google::protobuf::ServiceDescriptor* const>;

  // Takes the methods of `services`, except those with (mapping.own), which the sidecar implements itself.
  // Each is compiled at its first use, since Protobuf needs tens of milliseconds to build the descriptors of
  // all messages. REQUIRES: Build accepts `services`.
  static EndpointTable CompiledAtFirstUse(Services services);

  // As above, and compiles all of them. Fails with kInvalidArgument and the method's name when one does not
  // fit: see Endpoint::Compile and StreamEndpoint::Compile.
  static absl::StatusOr<EndpointTable> Build(Services services);

  // REQUIRES: the method is in the table.
  const Endpoint& Unary(const google::protobuf::MethodDescriptor& method) const;
  const StreamEndpoint& Stream(const google::protobuf::MethodDescriptor& method) const;

  // The rpc that takes this request: METHODRequest or SERVICEMETHODRequest. Null when there is none.
  const Endpoint* FindByRequest(const google::protobuf::Descriptor* request) const;
  const StreamEndpoint* FindStreamByRequest(const google::protobuf::Descriptor* request) const;

  // Null when no unary rpc has this path.
  const Endpoint* FindByPath(absl::string_view path) const;
  std::vector<std::string> Paths() const;

  // All unary rpcs, sorted by operation. Compiles them.
  std::vector<const Endpoint*> endpoints() const;

 private:
  using Method = google::protobuf::MethodDescriptor;
  template <typename Compiled>
  using Rpcs = absl::flat_hash_map<const Method*, std::unique_ptr<OnFirstUse<absl::StatusOr<Compiled>>>>;

  void Add(const Method& method);
  const absl::StatusOr<Endpoint>& CompiledUnary(const Method& method) const;
  const absl::StatusOr<StreamEndpoint>& CompiledStream(const Method& method) const;
  absl::Status CompileAll(Services services) const;
  const Method* MethodOf(const google::protobuf::Descriptor& request) const;

  Rpcs<Endpoint> unary_;
  Rpcs<StreamEndpoint> streams_;
  // By the full names that the request may have: asking a method for its request would build the descriptor.
  absl::flat_hash_map<std::string, std::vector<const Method*>> by_request_name_;
  absl::flat_hash_map<std::string, const Method*> by_path_;
};

}  // namespace firstmile::endpoints
