#include "rpc/task_call.h"

namespace firstmile::rpc {

grpc::ServerUnaryReactor* TaskCall::Start(const RpcContext& rpc, const grpc::CallbackServerContext& context,
                                          transport::EventLoop& home, Call call, Work work) {
  auto* task = new TaskCall(rpc, context, home, std::move(call), std::move(work));
  if (task->call_.violations.empty()) {
    home.Post([task] { async::Detach(task->Run()); });
  } else {
    task->End(errors::InvalidRequest(task->call_.violations, task->call_.operation));
  }
  return task;
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
