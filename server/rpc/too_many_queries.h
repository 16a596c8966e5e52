// The refusal when the query threads' queue is full.
//
// Safe from any thread.
#pragma once

#include "google/rpc/status.pb.h"
#include "rpc/rpc_context.h"

namespace firstmile::rpc {

// RESOURCE_EXHAUSTED, SIDECAR_OVERLOADED, with RetryInfo. Counts the call.
google::rpc::Status TooManyQueries(const RpcContext& rpc, absl::string_view operation);

}  // namespace firstmile::rpc
