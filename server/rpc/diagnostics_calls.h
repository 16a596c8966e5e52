// The rpcs of DiagnosticsService.
//
// Everything that a task refers to outlives it. No answer holds a key, a token or a signature.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "firstmile/v1/diagnostics_errors.pb.h"
#include "firstmile/v1/diagnostics_signature.pb.h"
#include "google/rpc/status.pb.h"
#include "rpc/rpc_context.h"
#include "tokens/custodian.h"

namespace firstmile::rpc {

// What the rpcs need besides the common context. Immutable after construction.
struct DiagnosticsContext {
  DiagnosticsContext(const RpcContext& rpc, const tokens::CustodyContext& custody);

  const RpcContext& rpc;
  const tokens::CustodyContext& custody;
  absl::flat_hash_map<std::string, const endpoints::Endpoint*> by_path;
};

// `now` serves the daily quota.
void ExplainError(const v1::ExplainErrorRequest& request, absl::Time now, v1::ExplainErrorResponse* response);

// Runs on `home`; the work is done on a query thread, unless the caller has given up by then.
async::Task<google::rpc::Status> CheckSignature(const DiagnosticsContext& diagnostics, gateway::Shard& home,
                                                const v1::CheckSignatureRequest& request,
                                                v1::CheckSignatureResponse* response, std::stop_token stop);

}  // namespace firstmile::rpc
