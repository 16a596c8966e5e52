// DiagnosticsService: explains the platform's answers to people and programs.
//
// Thread-safe. `rpc` and `custody` outlive the service.
#pragma once

#include <memory>

#include "rpc/rpc_context.h"
#include "tokens/custodian.h"

namespace grpc {
class Service;
}

namespace firstmile::rpc {

std::unique_ptr<grpc::Service> MakeDiagnosticsService(const RpcContext& rpc,
                                                      const tokens::CustodyContext& custody);

}  // namespace firstmile::rpc
