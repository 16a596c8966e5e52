// Where the gateway gets access tokens from.
//
// An implementation belongs to the shop's loop: call it on that loop, its tasks resume there.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/time/time.h"
#include "async/task.h"
#include "errors/verdict.h"
#include "secrets/secret.h"

namespace firstmile::tokens {

// Why there is no token to give.
struct TokenRefusal {
  errors::Code code = errors::Code::kUnavailable;
  std::string reason;   // of ErrorInfo
  std::string message;  // for people
  std::optional<absl::Duration> retry_after = std::nullopt;
  std::string authorization_url = "";  // where the seller can log in again; empty when that would not help
};

struct TokenAnswer {
  secrets::Secret access_token;
  std::optional<TokenRefusal> refusal;  // then there is no token
};

class AccessTokens {
 public:
  virtual ~AccessTokens() = default;

  // The token to sign with now.
  virtual async::Task<TokenAnswer> Get(std::int64_t shop_id, std::stop_token stop) = 0;

  // The platform refused `rejected`: another token to try with.
  virtual async::Task<TokenAnswer> Replace(std::int64_t shop_id, secrets::Secret rejected,
                                           std::stop_token stop) = 0;
};

}  // namespace firstmile::tokens
