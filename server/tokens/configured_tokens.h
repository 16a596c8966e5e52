// Access tokens that an operator put into the configuration; nobody renews them.
//
// Immutable; safe from any thread.
#pragma once

#include "absl/container/flat_hash_map.h"
#include "tokens/access_tokens.h"

namespace firstmile::tokens {

class ConfiguredTokens final : public AccessTokens {
 public:
  explicit ConfiguredTokens(absl::flat_hash_map<std::int64_t, secrets::Secret> tokens)
      : tokens_(std::move(tokens)) {}

  async::Task<absl::StatusOr<secrets::Secret>> Get(std::int64_t shop_id, std::stop_token stop) override;
  async::Task<absl::StatusOr<secrets::Secret>> Replace(std::int64_t shop_id, secrets::Secret rejected,
                                                       std::stop_token stop) override;

 private:
  const absl::flat_hash_map<std::int64_t, secrets::Secret> tokens_;
};

}  // namespace firstmile::tokens
