// LogisticsService: one line per rpc; everything else is read from the contract.
//
// Thread-safe. `rpc` outlives the service.
#pragma once

#include <memory>

#include "rpc/rpc_context.h"

namespace grpc {
class Service;
}

namespace firstmile::rpc {

std::unique_ptr<grpc::Service> MakeLogisticsService(const RpcContext& rpc);

}  // namespace firstmile::rpc
