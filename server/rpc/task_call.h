// The life of an OwnRpc: checks, the switch to a loop, deadline, exactly one Finish.
//
// A call owns itself, as UnaryCall does: only the end of its coroutine calls Finish, and OnDone deletes it.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <memory>

#include "rpc/incoming_call.h"
#include "rpc/own_rpc.h"

namespace firstmile::rpc {

class TaskCall final : public grpc::ServerUnaryReactor {
 public:
  // Thread-safe; returns at once. The references outlive the call.
  static grpc::ServerUnaryReactor* Start(const RpcContext& rpc, grpc::CallbackServerContext& context,
                                         const OwnRpc& own, const grpc::ByteBuffer& request,
                                         grpc::ByteBuffer* response);

  void OnCancel() override { incoming_.CallerGaveUp(); }
  void OnDone() override { delete this; }

 private:
  TaskCall(const RpcContext& rpc, grpc::CallbackServerContext& context, const OwnRpc& own,
           ReceivedRequest request, grpc::ByteBuffer* response);

  void Begin();
  async::Task<void> Run();
  void End(google::rpc::Status status);

  const OwnRpc& own_;
  const ReceivedRequest request_;
  const std::unique_ptr<google::protobuf::Message> response_;
  grpc::ByteBuffer* const response_bytes_;
  const subjects::Subject subject_;
  gateway::Shard& home_;
  IncomingCall incoming_;
};

}  // namespace firstmile::rpc
