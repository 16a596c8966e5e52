#include "rpc/byte_handlers.h"

#if __has_include(<grpcpp/impl/server_callback_handlers.h>)
#include <grpcpp/impl/server_callback_handlers.h>
#else  // older gRPC, such as 1.51
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#endif

#include <utility>

namespace firstmile::rpc {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;

grpc::Status NoMessage() {
  return {grpc::StatusCode::INVALID_ARGUMENT, "the call ended before its request message"};
}

grpc::ServerUnaryReactor* RefuseUnary(CallbackServerContext& context) {
  grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
  reactor->Finish(NoMessage());
  return reactor;
}

class RefusedStream final : public grpc::ServerWriteReactor<ByteBuffer> {
 public:
  RefusedStream() { Finish(NoMessage()); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::internal::MethodHandler* NewUnaryHandler(StartUnary start) {
  return new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
      [start = std::move(start)](CallbackServerContext* context, const ByteBuffer* request,
                                 ByteBuffer* response) -> grpc::ServerUnaryReactor* {
        if (!request->Valid()) return RefuseUnary(*context);
        return start(*context, *request, response);
      });
}

grpc::internal::MethodHandler* NewStreamHandler(StartStream start) {
  return new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
      [start = std::move(start)](CallbackServerContext* context,
                                 const ByteBuffer* request) -> grpc::ServerWriteReactor<ByteBuffer>* {
        if (!request->Valid()) return new RefusedStream();
        return start(*context, *request);
      });
}

}  // namespace firstmile::rpc
