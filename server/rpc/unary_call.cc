#include "rpc/unary_call.h"

#include <grpcpp/server_context.h>

#include <utility>

#include "errors/status.h"

namespace firstmile::rpc {

grpc::ServerUnaryReactor* UnaryCall::Start(const RpcContext& rpc, grpc::CallbackServerContext& context,
                                           const endpoints::Endpoint& endpoint,
                                           const MethodMessages& messages, const grpc::ByteBuffer& request,
                                           grpc::ByteBuffer* response) {
  auto* call = new UnaryCall(rpc, context, endpoint, messages, messages.ReadRequest(request), response);
  call->Begin();
  return call;
}

UnaryCall::UnaryCall(const RpcContext& rpc, grpc::CallbackServerContext& context,
                     const endpoints::Endpoint& endpoint, const MethodMessages& messages,
                     ReceivedRequest request, grpc::ByteBuffer* response)
    : rpc_(rpc),
      endpoint_(endpoint),
      messages_(messages),
      request_(std::move(request)),
      response_(response),
      subject_(endpoint.SubjectOf(request_.message())),
      shard_(rpc.shards.For(subject_)),
      context_(context),
      call_(rpc, context, rpc.default_deadline) {}

void UnaryCall::Begin() {
  if (const auto full = call_.Enter(endpoint_.operation, request_.message().ByteSizeLong()); full.has_value())
    return Refuse(*full);
  const std::vector<errors::Violation> violations = request_.Check(endpoint_.rules);
  if (!violations.empty()) return Refuse(errors::InvalidRequest(violations, endpoint_.operation));
  shard_.loop.Post([this] { async::Detach(Run()); });
}

void UnaryCall::Refuse(const google::rpc::Status& status) {
  gateway::CallReport report;
  report.status = status;
  Finish(call_.Conclude(endpoint_.operation, subject_, report, 0));
}

// A client may read slowly, and a large answer holds memory that other calls need. So it must be read within
// the default deadline of a call.
void UnaryCall::BoundReading() {
  reading_ = std::make_shared<Reading>();
  reading_->context = &context_;
  const auto due = shard_.loop.clock().Monotonic() + rpc_.default_deadline;
  reading_->timer = shard_.loop.AddTimer(due, [reading = reading_] {
    const std::lock_guard lock(reading->mutex);
    if (reading->context != nullptr) reading->context->TryCancel();
  });
}

void UnaryCall::OnDone() {
  if (reading_ != nullptr) {
    const std::lock_guard lock(reading_->mutex);
    reading_->context = nullptr;
    shard_.loop.Post([&loop = shard_.loop, timer = reading_->timer] { loop.CancelTimer(timer); });
  }
  delete this;
}

async::Task<void> UnaryCall::Run() {
  call_.ArmDeadline(shard_.loop);
  const read_back::ReadBackContext flow{shard_.gateway, shard_.loop, rpc_.endpoints, rpc_.read_back,
                                        rpc_.metrics};
  const std::unique_ptr<google::protobuf::Message> response = messages_.NewResponse();
  gateway::CallReport report = co_await read_back::CallWithReadBack(flow, endpoint_, request_.message(),
                                                                    response.get(), call_.GatewayContext());
  call_.DisarmDeadline(shard_.loop);
  answer_memory_ = std::move(report.memory);
  if (answer_memory_ != nullptr) BoundReading();
  if (report.status.code() == 0) *response_ = BytesOf(*response);
  Finish(call_.Conclude(endpoint_.operation, subject_, report, 0));  // last: gRPC may free this call at once
}

}  // namespace firstmile::rpc
