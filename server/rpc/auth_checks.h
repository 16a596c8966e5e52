// What AuthService checks of its requests: what the contract declares, and what it cannot say.
//
// Pure functions; safe from any thread. Empty: the request is in order.
#pragma once

#include <vector>

#include "errors/status.h"
#include "firstmile/v1/auth_tokens.pb.h"
#include "tokens/subject.h"

namespace firstmile::rpc {

using Violations = std::vector<errors::Violation>;

inline constexpr int kListedShopsDefault = 100;

// The subject of a request with the oneof `subject`; id 0 when none is given.
template <typename Request>
tokens::Subject SubjectOf(const Request& request) {
  return request.has_merchant_id() ? tokens::Merchant(request.merchant_id())
                                   : tokens::Shop(request.shop_id());
}

Violations CheckSubject(tokens::Subject subject);
Violations Check(const v1::GetAuthorizationUrlRequest& request, const std::string& default_redirect_url);
Violations Check(const v1::ExchangeCodeRequest& request);
Violations Check(const v1::ImportTokensRequest& request);
Violations Check(const v1::ListShopsRequest& request);
Violations Check(const v1::WatchShopsRequest& request);

}  // namespace firstmile::rpc
