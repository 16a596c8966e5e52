// What the rpcs of AuthService need besides the common context.
//
// Immutable after construction; the things it refers to are thread-safe and outlive the server.
#pragma once

#include <stop_token>
#include <string>

#include "rpc/rpc_context.h"
#include "tokens/custodian.h"
#include "tokens/custody_broadcast.h"

namespace firstmile::rpc {

struct AuthContext {
  const RpcContext& rpc;
  const tokens::CustodyContext& custody;
  tokens::CustodyBroadcast& events;
  std::string redirect_url;  // of GetAuthorizationUrl, for requests that name none
  std::stop_token draining;  // ends the watchers, who would hold the drain up
};

}  // namespace firstmile::rpc
