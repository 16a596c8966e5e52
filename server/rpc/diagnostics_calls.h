// The rpcs of DiagnosticsService.
//
// All references outlive their task. No answer contains a key, a token or a signature.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "firstmile/v1/diagnostics_errors.pb.h"
#include "firstmile/v1/diagnostics_signature.pb.h"
#include "google/rpc/status.pb.h"
#include "rpc/rpc_context.h"
#include "tokens/token_manager.h"

namespace firstmile::rpc {

// The rpcs' dependencies in addition to RpcContext. Immutable after construction.
struct DiagnosticsContext {
  const RpcContext& rpc;
  const tokens::TokenContext& tokens;
};

// `now` is needed for the daily quota's reset time.
void ExplainError(const v1::ExplainErrorRequest& request, absl::Time now, v1::ExplainErrorResponse* response);

// Runs on `home`, and the work on a query thread, unless the caller has cancelled by then.
async::Task<google::rpc::Status> CheckSignature(const DiagnosticsContext& diagnostics, gateway::Shard& home,
                                                const v1::CheckSignatureRequest& request,
                                                v1::CheckSignatureResponse* response, std::stop_token stop);

}  // namespace firstmile::rpc
