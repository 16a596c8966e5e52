#include "rpc/unary_call.h"

#include <utility>

#include "errors/status.h"

namespace firstmile::rpc {
grpc::ServerUnaryReactor* UnaryCall::Start(const RpcContext& rpc, grpc::CallbackServerContext& context,
                                           const google::protobuf::Message& request,
                                           google::protobuf::Message* response) {
  // Start-up refuses a service with an rpc that the table does not know.
  const endpoints::Endpoint& endpoint = *rpc.endpoints.FindByRequest(request.GetDescriptor());
  auto* call = new UnaryCall(rpc, context, endpoint, request, response);
  call->Begin();
  return call;
}

UnaryCall::UnaryCall(const RpcContext& rpc, grpc::CallbackServerContext& context,
                     const endpoints::Endpoint& endpoint, const google::protobuf::Message& request,
                     google::protobuf::Message* response)
    : rpc_(rpc),
      endpoint_(endpoint),
      request_(request),
      response_(response),
      subject_(endpoint.SubjectOf(request)),
      shard_(rpc.shards.For(subject_)),
      context_(context),
      call_(rpc, context, rpc.default_deadline) {}

void UnaryCall::Begin() {
  if (const auto full = call_.Enter(endpoint_.operation); full.has_value()) return Refuse(*full);
  const std::vector<errors::Violation> violations = endpoint_.rules.Check(request_);
  if (!violations.empty()) return Refuse(errors::InvalidRequest(violations, endpoint_.operation));
  shard_.loop.Post([this] { async::Detach(Run()); });
}

void UnaryCall::Refuse(const google::rpc::Status& status) {
  gateway::CallReport report;
  report.status = status;
  Finish(call_.Conclude(endpoint_.operation, subject_, report, 0));
}

// Flow control lets a caller take its time, and with a large answer memory that others need. It has as long
// for reading as a call without a deadline has in all.
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
  const flows::FlowContext flow{shard_.gateway, shard_.loop, rpc_.endpoints, rpc_.flows, rpc_.metrics};
  gateway::CallReport report =
      co_await flows::VerifiedCall(flow, endpoint_, request_, response_, call_.GatewayContext());
  call_.DisarmDeadline(shard_.loop);
  answer_memory_ = std::move(report.memory);
  if (answer_memory_ != nullptr) BoundReading();
  Finish(call_.Conclude(endpoint_.operation, subject_, report, 0));  // last: gRPC may free this call at once
}

}  // namespace firstmile::rpc
