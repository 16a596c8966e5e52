// The life of one unary rpc: checks, the switch to the shop's loop, the gateway, exactly one Finish.
//
// A call owns itself: gRPC deletes it through OnDone, which follows Finish. Only the end of the coroutine
// calls Finish, also after a cancellation or at the deadline, so that request and response live as long as
// they are used.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <mutex>

#include "rpc/incoming_call.h"
#include "rpc/method_messages.h"

namespace firstmile::rpc {

class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // Thread-safe; returns at once. The references outlive the call.
  static grpc::ServerUnaryReactor* Start(const RpcContext& rpc, grpc::CallbackServerContext& context,
                                         const endpoints::Endpoint& endpoint, const MethodMessages& messages,
                                         const grpc::ByteBuffer& request, grpc::ByteBuffer* response);

  void OnCancel() override { call_.CallerGaveUp(); }
  void OnDone() override;

 private:
  UnaryCall(const RpcContext& rpc, grpc::CallbackServerContext& context, const endpoints::Endpoint& endpoint,
            const MethodMessages& messages, ReceivedRequest request, grpc::ByteBuffer* response);

  void Begin();
  void Refuse(const google::rpc::Status& status);
  async::Task<void> Run();
  void BoundReading();

  // The rpc of a large answer, for a timer that may outlive it.
  struct Reading {
    std::recursive_mutex mutex;            // cancelling an rpc may end it at once
    grpc::CallbackServerContext* context;  // guarded by mutex; null: ended
    transport::EventLoop::TimerId timer{};
  };

  const RpcContext& rpc_;
  const endpoints::Endpoint& endpoint_;
  const MethodMessages& messages_;
  const ReceivedRequest request_;
  grpc::ByteBuffer* const response_;
  const subjects::Subject subject_;
  gateway::Shard& shard_;
  grpc::CallbackServerContext& context_;
  IncomingCall call_;
  std::shared_ptr<Reading> reading_;                             // null: the answer is small
  std::shared_ptr<transport::ByteBudget::Share> answer_memory_;  // until gRPC has sent the response
};

}  // namespace firstmile::rpc
