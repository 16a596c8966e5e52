// Short names for the overrides of a service class, so that each rpc takes one line.
//
// Thread-safe: it holds only the context.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "rpc/rpc_context.h"
#include "rpc/stream_call.h"
#include "rpc/unary_call.h"

namespace firstmile::rpc {

template <typename CallbackService>
class ServiceBase : public CallbackService {
 public:
  explicit ServiceBase(const RpcContext& rpc) : rpc_(rpc) {}

 protected:
  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;
  template <typename Frame>
  using Stream = grpc::ServerWriteReactor<Frame>;

  Unary* Start(Context* context, const google::protobuf::Message* request,
               google::protobuf::Message* response) const {
    return UnaryCall::Start(rpc_, *context, *request, response);
  }

  template <typename Frame>
  Stream<Frame>* Start(Context* context, const google::protobuf::Message* request) const {
    return StreamReactor<Frame>::Start(rpc_, *context, *request);
  }

 private:
  const RpcContext& rpc_;
};

}  // namespace firstmile::rpc
