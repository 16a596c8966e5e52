// AuthService's rpcs that redeem a code. A code works once, so every shop's and merchant's pair is stored if
// possible, and the response reports each of them.
//
// Coroutines of the loop `home`; they run parts on their subjects' loops and resume on `home`. Requests and
// responses outlive them. Code 0: the response is filled.
#pragma once

#include "absl/status/statusor.h"
#include "firstmile/v1/auth_tokens.pb.h"
#include "google/rpc/status.pb.h"
#include "rpc/auth_context.h"

namespace firstmile::rpc {

// Redeems the code of a login. Errors: CODE_REFUSED, TOKEN_ANSWER_UNCLEAR, TOKENS_WITHOUT_SUBJECT,
// TOKEN_OF_ANOTHER_SUBJECT, TOKEN_STORE_UNAVAILABLE when the store took no pair, and those of any call.
async::Task<google::rpc::Status> ExchangeCode(const AuthContext& auth, gateway::Shard& home,
                                              const v1::ExchangeCodeRequest& request,
                                              v1::ExchangeCodeResponse* response);

// The same for a code that Shopee's console issued again.
async::Task<google::rpc::Status> ExchangeResendCode(const AuthContext& auth, gateway::Shard& home,
                                                    const v1::ExchangeResendCodeRequest& request,
                                                    v1::ExchangeResendCodeResponse* response);

// Passes the record to the TokenManager of its subject's loop. Errors are the store's.
async::Task<absl::StatusOr<tokens::TokenRecord>> StoreNewPairThere(const AuthContext& auth,
                                                                   gateway::Shard& home,
                                                                   tokens::TokenRecord record);

}  // namespace firstmile::rpc
