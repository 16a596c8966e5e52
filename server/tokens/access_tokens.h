// Where the gateway gets access tokens from; custody will stand behind it.
//
// An implementation belongs to the shop's loop: call it on that loop, its tasks resume there.
#pragma once

#include <cstdint>
#include <stop_token>

#include "absl/status/statusor.h"
#include "async/task.h"
#include "secrets/secret.h"

namespace firstmile::tokens {

class AccessTokens {
 public:
  virtual ~AccessTokens() = default;

  // The token to sign with now. kNotFound: no token is known for the shop. kFailedPrecondition: its seller
  // must authorize again.
  virtual async::Task<absl::StatusOr<secrets::Secret>> Get(std::int64_t shop_id, std::stop_token stop) = 0;

  // The platform refused `rejected`. Gives another token to try with, or kUnauthenticated when there is none.
  virtual async::Task<absl::StatusOr<secrets::Secret>> Replace(std::int64_t shop_id, secrets::Secret rejected,
                                                               std::stop_token stop) = 0;
};

}  // namespace firstmile::tokens
