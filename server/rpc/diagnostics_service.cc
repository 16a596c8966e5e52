#include "rpc/diagnostics_service.h"

#include "rpc/contract_service.h"
#include "rpc/diagnostics_calls.h"

namespace firstmile::rpc {
namespace {

async::Task<google::rpc::Status> AnswerExplainError(const RpcContext& rpc,
                                                    const v1::ExplainErrorRequest& request,
                                                    v1::ExplainErrorResponse* response) {
  ExplainError(request, rpc.clock.Now(), response);
  co_return google::rpc::Status();
}

}  // namespace

// No call belongs to a shop: any loop will do.
std::unique_ptr<grpc::Service> MakeDiagnosticsService(const RpcContext& rpc,
                                                      const tokens::TokenContext& tokens) {
  auto service = std::make_unique<ContractService>(rpc, ServiceNamed("firstmile.v1.DiagnosticsService"));
  service->Add<v1::ExplainErrorRequest, v1::ExplainErrorResponse>(
      "ExplainError", [&rpc](gateway::Shard&, const auto& request, auto* response, const std::stop_token&) {
        return AnswerExplainError(rpc, request, response);
      });
  service->Add<v1::CheckSignatureRequest, v1::CheckSignatureResponse>(
      "CheckSignature", [diagnostics = DiagnosticsContext{rpc, tokens}](
                            gateway::Shard& home, const auto& request, auto* response, std::stop_token stop) {
        return CheckSignature(diagnostics, home, request, response, std::move(stop));
      });
  return service;
}

}  // namespace firstmile::rpc
