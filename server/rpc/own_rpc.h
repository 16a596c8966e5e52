// The rpcs that the sidecar implements itself, with (mapping.own) in the contract.
//
// Immutable; safe to share between threads.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <functional>
#include <stop_token>
#include <string>

#include "endpoints/request_rules.h"
#include "gateway/shards.h"
#include "google/rpc/status.pb.h"
#include "rpc/method_messages.h"

namespace firstmile::rpc {

// A unary one, whose work is a coroutine.
struct OwnRpc {
  // Runs on the loop of `home`, the shard of the rpc's subject, and respects the stop. Code 0: the response
  // is filled.
  using Work = std::function<async::Task<google::rpc::Status>(
      gateway::Shard& home, const google::protobuf::Message& request, google::protobuf::Message* response,
      std::stop_token stop)>;
  // The subject that the request names, for the log and for the choice of the loop; may be none.
  using SubjectOf = std::function<subjects::Subject(const google::protobuf::Message& request)>;

  std::string operation;  // "AuthService/ListShops"
  MethodMessages messages;
  endpoints::RequestRules rules;
  Work work;
  SubjectOf subject_of;
};

// A stream with (mapping.own).
struct OwnStream {
  // Returns a reactor that owns itself and refuses a request with violations of `rules`.
  using Start = std::function<grpc::ServerWriteReactor<grpc::ByteBuffer>*(
      grpc::CallbackServerContext& context, const ReceivedRequest& request,
      const endpoints::RequestRules& rules)>;

  MethodMessages messages;
  endpoints::RequestRules rules;
  Start start;
};

}  // namespace firstmile::rpc
