// DiagnosticsService: explains Shopee's errors and checks signatures.
//
// Thread-safe. `rpc` and `tokens` outlive the service.
#pragma once

#include <memory>

#include "rpc/rpc_context.h"
#include "tokens/token_manager.h"

namespace grpc {
class Service;
}

namespace firstmile::rpc {

std::unique_ptr<grpc::Service> MakeDiagnosticsService(const RpcContext& rpc,
                                                      const tokens::TokenContext& tokens);

}  // namespace firstmile::rpc
