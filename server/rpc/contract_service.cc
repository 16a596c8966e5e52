#include "rpc/contract_service.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/support/server_callback.h>
#if __has_include(<grpcpp/impl/server_callback_handlers.h>)
#include <grpcpp/impl/server_callback_handlers.h>
#else  // older gRPC, such as 1.51
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#endif

#include "absl/strings/str_cat.h"
#include "endpoints/on_first_use.h"
#include "rpc/method_messages.h"
#include "rpc/stream_call.h"
#include "rpc/task_call.h"
#include "rpc/unary_call.h"

namespace firstmile::rpc {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using grpc::ByteBuffer;
using grpc::internal::RpcMethod;

// What a call of Shopee needs beside its request.
struct UnaryRpc {
  const endpoints::Endpoint& endpoint;
  MethodMessages messages;
};

struct StreamRpc {
  const endpoints::StreamEndpoint& endpoint;
  MethodMessages messages;
};

grpc::internal::MethodHandler* NewUnaryHandler(const RpcContext& rpc, const MethodDescriptor& method) {
  return new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
      [&rpc, &method, shared = std::make_shared<endpoints::OnFirstUse<UnaryRpc>>()](
          grpc::CallbackServerContext* context, const ByteBuffer* request, ByteBuffer* response) {
        const UnaryRpc& unary =
            shared->Get([&] { return UnaryRpc{rpc.endpoints.Unary(method), MethodMessages(method)}; });
        return UnaryCall::Start(rpc, *context, unary.endpoint, unary.messages, *request, response);
      });
}

grpc::internal::MethodHandler* NewStreamHandler(const RpcContext& rpc, const MethodDescriptor& method) {
  return new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
      [&rpc, &method, shared = std::make_shared<endpoints::OnFirstUse<StreamRpc>>()](
          grpc::CallbackServerContext* context, const ByteBuffer* request) {
        const StreamRpc& stream =
            shared->Get([&] { return StreamRpc{rpc.endpoints.Stream(method), MethodMessages(method)}; });
        return StreamCall::Start(rpc, *context, stream.endpoint, stream.messages, *request);
      });
}

grpc::internal::MethodHandler* NewUpstreamHandler(const RpcContext& rpc, const MethodDescriptor& method) {
  return method.server_streaming() ? NewStreamHandler(rpc, method) : NewUnaryHandler(rpc, method);
}

}  // namespace

const ServiceDescriptor& ServiceNamed(const std::string& full_name) {
  return *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name);
}

ContractService::ContractService(const RpcContext& rpc, const ServiceDescriptor& service)
    : rpc_(rpc), service_(service) {
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    const std::string& path = paths_.emplace_back(absl::StrCat("/", service.full_name(), "/", method.name()));
    const auto type = method.server_streaming() ? RpcMethod::SERVER_STREAMING : RpcMethod::NORMAL_RPC;
    AddMethod(new grpc::internal::RpcServiceMethod(path.c_str(), type, nullptr));
  }
  for (const MethodDescriptor* method : endpoints::UpstreamMethods(service))
    MarkMethodRawCallback(method->index(), NewUpstreamHandler(rpc, *method));
}

void ContractService::AddOwn(absl::string_view name, OwnRpc::Work work, OwnRpc::SubjectOf subject_of) {
  const MethodDescriptor& method = *service_.FindMethodByName(std::string(name));
  const OwnRpc& own = own_.emplace_back(absl::StrCat(service_.name(), "/", name), method, std::move(work),
                                        std::move(subject_of));
  MarkMethodRawCallback(method.index(), new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
                                            [this, &own](grpc::CallbackServerContext* context,
                                                         const ByteBuffer* request, ByteBuffer* response) {
                                              return TaskCall::Start(rpc_, *context, own, *request, response);
                                            }));
}

void ContractService::AddStream(absl::string_view name, OwnStream::Start start) {
  const MethodDescriptor& method = *service_.FindMethodByName(std::string(name));
  const OwnStream& own = own_streams_.emplace_back(method, std::move(start));
  MarkMethodRawCallback(
      method.index(), new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
                          [&own](grpc::CallbackServerContext* context, const ByteBuffer* request) {
                            const OwnMessages::Compiled& messages = own.messages.Get();
                            return own.start(*context, messages.types.ReadRequest(*request), messages.rules);
                          }));
}

}  // namespace firstmile::rpc
