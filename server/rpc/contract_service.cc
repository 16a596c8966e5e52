#include "rpc/contract_service.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/support/server_callback.h>
#if __has_include(<grpcpp/impl/server_callback_handlers.h>)
#include <grpcpp/impl/server_callback_handlers.h>
#else  // older gRPC, such as 1.51
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#endif

#include "absl/strings/str_cat.h"
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

grpc::internal::MethodHandler* NewUpstreamHandler(const RpcContext& rpc, const MethodDescriptor& method) {
  const MethodMessages messages(method);
  if (method.server_streaming()) {
    const endpoints::StreamEndpoint& endpoint = *rpc.endpoints.FindStreamByRequest(method.input_type());
    return new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
        [&rpc, &endpoint, messages](grpc::CallbackServerContext* context, const ByteBuffer* request) {
          return StreamCall::Start(rpc, *context, endpoint, messages, *request);
        });
  }
  const endpoints::Endpoint& endpoint = *rpc.endpoints.FindByRequest(method.input_type());
  return new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
      [&rpc, &endpoint, messages](grpc::CallbackServerContext* context, const ByteBuffer* request,
                                  ByteBuffer* response) {
        return UnaryCall::Start(rpc, *context, endpoint, messages, *request, response);
      });
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
  const OwnRpc& own =
      own_.emplace_back(OwnRpc{.operation = absl::StrCat(service_.name(), "/", name),
                               .messages = MethodMessages(method),
                               .rules = endpoints::RequestRules::Compile(*method.input_type()).value(),
                               .work = std::move(work),
                               .subject_of = std::move(subject_of)});
  MarkMethodRawCallback(method.index(), new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
                                            [this, &own](grpc::CallbackServerContext* context,
                                                         const ByteBuffer* request, ByteBuffer* response) {
                                              return TaskCall::Start(rpc_, *context, own, *request, response);
                                            }));
}

void ContractService::AddStream(absl::string_view name, OwnStream::Start start) {
  const MethodDescriptor& method = *service_.FindMethodByName(std::string(name));
  const OwnStream& own = own_streams_.emplace_back(
      OwnStream{.messages = MethodMessages(method),
                .rules = endpoints::RequestRules::Compile(*method.input_type()).value(),
                .start = std::move(start)});
  MarkMethodRawCallback(method.index(),
                        new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
                            [&own](grpc::CallbackServerContext* context, const ByteBuffer* request) {
                              return own.start(*context, own.messages.ReadRequest(*request), own.rules);
                            }));
}

}  // namespace firstmile::rpc
