// gRPC's handlers for calls whose messages are bytes to gRPC.
//
// Thread-safe. A handler calls its start function on a thread of gRPC; what the function refers to outlives
// the server.
#pragma once

#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>

namespace firstmile::rpc {

// Each returns a reactor that owns itself, and may empty the request.
using StartUnary = std::function<grpc::ServerUnaryReactor*(
    grpc::CallbackServerContext& context, const grpc::ByteBuffer& request, grpc::ByteBuffer* response)>;
using StartStream = std::function<grpc::ServerWriteReactor<grpc::ByteBuffer>*(
    grpc::CallbackServerContext& context, const grpc::ByteBuffer& request)>;

// A call that ends before its request message is refused with INVALID_ARGUMENT and does not reach `start`. It
// leaves no log line, since a caller can take back hundreds of thousands of calls a second. gRPC owns the
// result.
grpc::internal::MethodHandler* NewUnaryHandler(StartUnary start);
grpc::internal::MethodHandler* NewStreamHandler(StartStream start);

}  // namespace firstmile::rpc
