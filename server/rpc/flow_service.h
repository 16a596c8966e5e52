// FlowService: what takes several calls to Shopee, for many orders of many shops.
//
// Thread-safe. `rpc` outlives the service.
#pragma once

#include <memory>

#include "rpc/rpc_context.h"

namespace grpc {
class Service;
}

namespace firstmile::rpc {

std::unique_ptr<grpc::Service> MakeFlowService(const RpcContext& rpc);

}  // namespace firstmile::rpc
