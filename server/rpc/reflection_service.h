// Server reflection, v1 and v1alpha. gRPC 1.51 has only v1alpha, in a library that enables itself once
// linked; this one can be disabled.
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
std::vector<std::unique_ptr<grpc::Service>> MakeReflectionServices(const std::vector<std::string>& services);

}  // namespace firstmile::rpc
