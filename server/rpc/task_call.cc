#include "rpc/task_call.h"

#include <utility>

#include "errors/status.h"

namespace firstmile::rpc {

grpc::ServerUnaryReactor* TaskCall::Start(const RpcContext& rpc, grpc::CallbackServerContext& context,
                                          const OwnRpc& own, const grpc::ByteBuffer& request,
                                          grpc::ByteBuffer* response) {
  auto* call = new TaskCall(rpc, context, own, own.messages.Get().types.ReadRequest(request), response);
  call->Begin();
  return call;
}

TaskCall::TaskCall(const RpcContext& rpc, grpc::CallbackServerContext& context, const OwnRpc& own,
                   ReceivedRequest request, grpc::ByteBuffer* response)
    : own_(own),
      request_(std::move(request)),
      response_(own.messages.Get().types.NewResponse()),
      response_bytes_(response),
      subject_(own.subject_of(request_.message())),
      home_(rpc.shards.For(subject_)),
      incoming_(rpc, context, rpc.default_deadline) {}

void TaskCall::Begin() {
  if (auto full = incoming_.Enter(own_.operation, request_.message().ByteSizeLong()); full.has_value())
    return End(*std::move(full));
  const std::vector<errors::Violation> violations = request_.Check(own_.messages.Get().rules);
  if (!violations.empty()) return End(errors::InvalidRequest(violations, own_.operation));
  home_.loop.Post([this] { async::Detach(Run()); });
}

async::Task<void> TaskCall::Run() {
  incoming_.ArmDeadline(home_.loop);
  google::rpc::Status status =
      co_await own_.work(home_, request_.message(), response_.get(), incoming_.stop_token());
  incoming_.DisarmDeadline(home_.loop);
  if (status.code() == static_cast<int>(errors::Code::kCancelled)) {
    status = incoming_.StoppedStatus(own_.operation);
  }
  End(std::move(status));
}

void TaskCall::End(google::rpc::Status status) {
  if (status.code() == 0) *response_bytes_ = BytesOf(*response_);
  gateway::CallReport report;
  report.status = std::move(status);
  Finish(incoming_.Conclude(own_.operation, subject_, report, 0));  // last: gRPC may free this call at once
}

}  // namespace firstmile::rpc
