#include "rpc/diagnostics_service.h"

#include "endpoints/request_rules.h"
#include "firstmile/v1/diagnostics_service.grpc.pb.h"
#include "rpc/diagnostics_calls.h"
#include "rpc/task_call.h"

namespace firstmile::rpc {
namespace {

async::Task<google::rpc::Status> AnswerExplainError(const RpcContext& rpc,
                                                    const v1::ExplainErrorRequest& request,
                                                    v1::ExplainErrorResponse* response) {
  ExplainError(request, rpc.clock.Now(), response);
  co_return google::rpc::Status();
}

class DiagnosticsService final : public v1::DiagnosticsService::CallbackService {
 public:
  DiagnosticsService(const RpcContext& rpc, const tokens::CustodyContext& custody)
      : diagnostics_(rpc, custody),
        explain_rules_(endpoints::RequestRules::Compile(*v1::ExplainErrorRequest::descriptor()).value()),
        check_rules_(endpoints::RequestRules::Compile(*v1::CheckSignatureRequest::descriptor()).value()) {}

  grpc::ServerUnaryReactor* ExplainError(grpc::CallbackServerContext* c, const v1::ExplainErrorRequest* q,
                                         v1::ExplainErrorResponse* r) override {
    return Start(c, "DiagnosticsService/ExplainError", explain_rules_.Check(*q),
                 [this, q, r](gateway::Shard&, const std::stop_token&) {
                   return AnswerExplainError(diagnostics_.rpc, *q, r);
                 });
  }
  grpc::ServerUnaryReactor* CheckSignature(grpc::CallbackServerContext* c, const v1::CheckSignatureRequest* q,
                                           v1::CheckSignatureResponse* r) override {
    std::vector<errors::Violation> violations = check_rules_.Check(*q);
    if (!v1::AuthScope_IsValid(q->scope())) {
      violations.push_back({"scope", "is not a scope that this version knows"});
    }
    return Start(c, "DiagnosticsService/CheckSignature", std::move(violations),
                 [this, q, r](gateway::Shard& home, std::stop_token stop) {
                   return rpc::CheckSignature(diagnostics_, home, *q, r, std::move(stop));
                 });
  }

 private:
  // Any loop will do: no call is about a shop that lives somewhere.
  template <typename Run>
  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, const char* operation,
                                  std::vector<errors::Violation> violations, Run run) const {
    gateway::Shard& home = diagnostics_.rpc.shards.For(0);
    return TaskCall::Start(
        diagnostics_.rpc, *context, home.loop, {operation, 0, std::move(violations)},
        [&home, run = std::move(run)](std::stop_token stop) { return run(home, std::move(stop)); });
  }

  const DiagnosticsContext diagnostics_;
  const endpoints::RequestRules explain_rules_;
  const endpoints::RequestRules check_rules_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeDiagnosticsService(const RpcContext& rpc,
                                                      const tokens::CustodyContext& custody) {
  return std::make_unique<DiagnosticsService>(rpc, custody);
}

}  // namespace firstmile::rpc
