// A service of the contract, made from its descriptor. Its rpcs of Shopee have no code of their own: the
// endpoint table has all that they need. Those with (mapping.own) are added one by one.
//
// Thread-safe once every rpc is added. `rpc` outlives a service.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "rpc/own_rpc.h"
#include "rpc/rpc_context.h"

namespace google::protobuf {
class ServiceDescriptor;
}  // namespace google::protobuf

namespace firstmile::rpc {

// The service of this full name. REQUIRES: the contract has it.
const google::protobuf::ServiceDescriptor& ServiceNamed(const std::string& full_name);

class ContractService final : public grpc::Service {
 public:
  // Serves all rpcs of Shopee. Add the others before the server starts.
  ContractService(const RpcContext& rpc, const google::protobuf::ServiceDescriptor& service);

  // Serves an rpc of this name with
  // `async::Task<google::rpc::Status> work(gateway::Shard& home, const Request&, Response*,
  // std::stop_token)`; see OwnRpc.
  template <typename Request, typename Response, typename Work>
  void Add(absl::string_view name, Work work, OwnRpc::SubjectOf subject_of = NoSubject) {
    AddOwn(
        name,
        [work = std::move(work)](gateway::Shard& home, const google::protobuf::Message& request,
                                 google::protobuf::Message* response, std::stop_token stop) {
          return work(home, static_cast<const Request&>(request), static_cast<Response*>(response),
                      std::move(stop));
        },
        std::move(subject_of));
  }

  void AddStream(absl::string_view name, OwnStream::Start start);

 private:
  static subjects::Subject NoSubject(const google::protobuf::Message&) { return {}; }
  void AddOwn(absl::string_view name, OwnRpc::Work work, OwnRpc::SubjectOf subject_of);

  const RpcContext& rpc_;
  const google::protobuf::ServiceDescriptor& service_;
  std::deque<std::string> paths_;  // gRPC keeps pointers to them
  std::deque<OwnRpc> own_;
  std::deque<OwnStream> own_streams_;
};

}  // namespace firstmile::rpc
