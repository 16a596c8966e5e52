#include "rpc/contract_service.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_cat.h"
#include "endpoints/on_first_use.h"
#include "rpc/byte_handlers.h"
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

StartUnary UnaryStarter(const RpcContext& rpc, const MethodDescriptor& method) {
  return [&rpc, &method, shared = std::make_shared<endpoints::OnFirstUse<UnaryRpc>>()](
             grpc::CallbackServerContext& context, const ByteBuffer& request, ByteBuffer* response) {
    const UnaryRpc& unary =
        shared->Get([&] { return UnaryRpc{rpc.endpoints.Unary(method), MethodMessages(method)}; });
    return UnaryCall::Start(rpc, context, unary.endpoint, unary.messages, request, response);
  };
}

StartStream StreamStarter(const RpcContext& rpc, const MethodDescriptor& method) {
  return [&rpc, &method, shared = std::make_shared<endpoints::OnFirstUse<StreamRpc>>()](
             grpc::CallbackServerContext& context, const ByteBuffer& request) {
    const StreamRpc& stream =
        shared->Get([&] { return StreamRpc{rpc.endpoints.Stream(method), MethodMessages(method)}; });
    return StreamCall::Start(rpc, context, stream.endpoint, stream.messages, request);
  };
}

grpc::internal::MethodHandler* NewUpstreamHandler(const RpcContext& rpc, const MethodDescriptor& method) {
  return method.server_streaming() ? NewStreamHandler(StreamStarter(rpc, method))
                                   : NewUnaryHandler(UnaryStarter(rpc, method));
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
  MarkMethodRawCallback(method.index(),
                        NewUnaryHandler([this, &own](grpc::CallbackServerContext& context,
                                                     const ByteBuffer& request, ByteBuffer* response) {
                          return TaskCall::Start(rpc_, context, own, request, response);
                        }));
}

void ContractService::AddStream(absl::string_view name, OwnStream::Start start) {
  const MethodDescriptor& method = *service_.FindMethodByName(std::string(name));
  const OwnStream& own = own_streams_.emplace_back(method, std::move(start));
  MarkMethodRawCallback(method.index(), NewStreamHandler([&own](grpc::CallbackServerContext& context,
                                                                const ByteBuffer& request) {
                          const OwnMessages::Compiled& messages = own.messages.Get();
                          return own.start(context, messages.types.ReadRequest(request), messages.rules);
                        }));
}

}  // namespace firstmile::rpc
