#include "rpc/task_call.h"

namespace firstmile::rpc {

grpc::ServerUnaryReactor* TaskCall::Start(const RpcContext& rpc, grpc::CallbackServerContext& context,
                                          transport::EventLoop& home, Call call, Work work) {
  auto* task = new TaskCall(rpc, context, home, std::move(call), std::move(work));
  task->Begin();
  return task;
}

void TaskCall::Begin() {
  if (auto full = incoming_.Enter(call_.operation); full.has_value()) return End(*std::move(full));
  if (!call_.violations.empty()) return End(errors::InvalidRequest(call_.violations, call_.operation));
  home_.Post([this] { async::Detach(Run()); });
}

async::Task<void> TaskCall::Run() {
  incoming_.ArmDeadline(home_);
  google::rpc::Status status = co_await work_(incoming_.stop_token());
  incoming_.DisarmDeadline(home_);
  if (status.code() == static_cast<int>(errors::Code::kCancelled)) {
    status = incoming_.StoppedStatus(call_.operation);
  }
  End(std::move(status));
}

void TaskCall::End(google::rpc::Status status) {
  gateway::CallReport report;
  report.status = std::move(status);
  Finish(incoming_.Conclude(call_.operation, call_.subject, report,
                            0));  // last: gRPC may free this call at once
}

}  // namespace firstmile::rpc
