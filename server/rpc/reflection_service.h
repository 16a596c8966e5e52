// Server reflection in its version v1; gRPC 1.51 brings v1alpha only, and newer tools ask for v1 first.
//
// Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace grpc {
class Service;
}

namespace firstmile::rpc {

// `services` are the full names to list, for example firstmile.v1.FirstMileService.
std::unique_ptr<grpc::Service> MakeReflectionService(std::vector<std::string> services);

}  // namespace firstmile::rpc
