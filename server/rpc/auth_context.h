// AuthService's dependencies in addition to RpcContext.
//
// Immutable after construction; its references are thread-safe and outlive the server.
#pragma once

#include <stop_token>
#include <string>

#include "rpc/rpc_context.h"
#include "tokens/token_event_broadcast.h"
#include "tokens/token_manager.h"

namespace firstmile::rpc {

struct AuthContext {
  const RpcContext& rpc;
  const tokens::TokenContext& tokens;
  tokens::TokenEventBroadcast& events;
  std::string redirect_url;  // GetAuthorizationUrl's default
  std::stop_token draining;  // ends WatchShops streams, which would delay the drain
};

}  // namespace firstmile::rpc
