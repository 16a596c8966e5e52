// The rpcs that the sidecar implements itself, with (mapping.own) in the contract.
//
// Immutable; safe to share between threads.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <functional>
#include <stop_token>
#include <string>
#include <utility>

#include "endpoints/on_first_use.h"
#include "endpoints/request_rules.h"
#include "gateway/shards.h"
#include "google/rpc/status.pb.h"
#include "rpc/method_messages.h"

namespace firstmile::rpc {

// The messages of one such rpc and what its requests must satisfy.
class OwnMessages {
 public:
  struct Compiled {
    MethodMessages types;
    endpoints::RequestRules rules;
  };

  explicit OwnMessages(const google::protobuf::MethodDescriptor& method) : method_(method) {}

  // Compiled by the first call. REQUIRES: the field options of the request fit.
  const Compiled& Get() const;

 private:
  const google::protobuf::MethodDescriptor& method_;
  endpoints::OnFirstUse<Compiled> compiled_;
};

// A unary one, whose work is a coroutine.
struct OwnRpc {
  // Runs on the loop of `home`, the shard of the rpc's subject, and respects the stop. Code 0: the response
  // is filled.
  using Work = std::function<async::Task<google::rpc::Status>(
      gateway::Shard& home, const google::protobuf::Message& request, google::protobuf::Message* response,
      std::stop_token stop)>;
  // The subject that the request names, for the log and for the choice of the loop; may be none.
  using SubjectOf = std::function<subjects::Subject(const google::protobuf::Message& request)>;

  OwnRpc(std::string name, const google::protobuf::MethodDescriptor& method, Work w, SubjectOf subject)
      : operation(std::move(name)), messages(method), work(std::move(w)), subject_of(std::move(subject)) {}

  const std::string operation;  // "AuthService/ListShops"
  const OwnMessages messages;
  const Work work;
  const SubjectOf subject_of;
};

// A stream with (mapping.own).
struct OwnStream {
  // Returns a reactor that owns itself and refuses a request with violations of `rules`.
  using Start = std::function<grpc::ServerWriteReactor<grpc::ByteBuffer>*(
      grpc::CallbackServerContext& context, ReceivedRequest request, const endpoints::RequestRules& rules)>;

  OwnStream(const google::protobuf::MethodDescriptor& method, Start s)
      : messages(method), start(std::move(s)) {}

  const OwnMessages messages;
  const Start start;
};

}  // namespace firstmile::rpc
