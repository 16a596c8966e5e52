// AuthService's rpcs as coroutines; those that redeem a code are in token_exchange.h.
//
// Each starts on the loop `home`, runs parts on its subjects' loops, and resumes on `home`. Requests and
// responses outlive it. Code 0: the response is filled; kCancelled: the call was stopped.
#pragma once

#include <stop_token>

#include "firstmile/v1/auth_tokens.pb.h"
#include "google/rpc/status.pb.h"
#include "rpc/auth_context.h"

namespace firstmile::rpc {

async::Task<google::rpc::Status> GetAuthorizationUrl(const AuthContext& auth,
                                                     const v1::GetAuthorizationUrlRequest& request,
                                                     v1::GetAuthorizationUrlResponse* response);

async::Task<google::rpc::Status> ImportTokens(const AuthContext& auth, gateway::Shard& home,
                                              const v1::ImportTokensRequest& request,
                                              v1::ImportTokensResponse* response, std::stop_token stop);

async::Task<google::rpc::Status> ListShops(const AuthContext& auth, gateway::Shard& home,
                                           const v1::ListShopsRequest& request,
                                           v1::ListShopsResponse* response);

async::Task<google::rpc::Status> RefreshNow(const AuthContext& auth, gateway::Shard& home,
                                            const v1::RefreshNowRequest& request,
                                            v1::RefreshNowResponse* response, std::stop_token stop);

async::Task<google::rpc::Status> ForgetShop(gateway::Shard& home, const v1::ForgetShopRequest& request);

}  // namespace firstmile::rpc
