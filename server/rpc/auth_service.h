// AuthService: logins, imports and the state of stored tokens.
//
// Thread-safe. `auth` outlives the service.
#pragma once

#include <memory>

#include "rpc/auth_context.h"

namespace grpc {
class Service;
}

namespace firstmile::rpc {

std::unique_ptr<grpc::Service> MakeAuthService(const AuthContext& auth);

}  // namespace firstmile::rpc
