// The life of one unary rpc: checks, the way to the shop's loop, the gateway, Finish exactly once.
//
// A call owns itself: gRPC frees it through OnDone, which follows the one Finish. Only the end of the
// coroutine finishes, also after a cancel or a deadline, so that request and response live as long as they
// are used.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <mutex>

#include "rpc/incoming_call.h"

namespace firstmile::rpc {

class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // Thread-safe; returns at once. `rpc`, `request` and `response` outlive the call.
  static grpc::ServerUnaryReactor* Start(const RpcContext& rpc, grpc::CallbackServerContext& context,
                                         const google::protobuf::Message& request,
                                         google::protobuf::Message* response);

  void OnCancel() override { call_.CallerGaveUp(); }
  void OnDone() override;

 private:
  UnaryCall(const RpcContext& rpc, grpc::CallbackServerContext& context, const endpoints::Endpoint& endpoint,
            const google::protobuf::Message& request, google::protobuf::Message* response);

  void Begin();
  void Refuse(const google::rpc::Status& status);
  async::Task<void> Run();
  void BoundReading();

  // The rpc of a large answer, for a timer that may outlive it.
  struct Reading {
    std::recursive_mutex mutex;            // to cancel an rpc may end it at once
    grpc::CallbackServerContext* context;  // guarded by mutex; null: over
    transport::EventLoop::TimerId timer{};
  };

  const RpcContext& rpc_;
  const endpoints::Endpoint& endpoint_;
  const google::protobuf::Message& request_;
  google::protobuf::Message* const response_;
  const std::int64_t subject_;
  gateway::Shard& shard_;
  grpc::CallbackServerContext& context_;
  IncomingCall call_;
  std::shared_ptr<Reading> reading_;                             // null: the answer is small
  std::shared_ptr<transport::ByteBudget::Share> answer_memory_;  // until gRPC has sent the response
};

}  // namespace firstmile::rpc
