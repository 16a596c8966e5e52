// Access tokens that never change, for tests of what stands above custody.
#pragma once

#include <cstdint>
#include <map>

#include "tokens/access_tokens.h"
#include "tokens/token_refusals.h"

namespace firstmile::testing {

// Immutable; safe from any thread.
class FixedTokens final : public tokens::AccessTokens {
 public:
  explicit FixedTokens(std::map<std::int64_t, secrets::Secret> tokens) : tokens_(std::move(tokens)) {}

  async::Task<tokens::TokenAnswer> Get(std::int64_t shop_id, std::stop_token) override {
    const auto token = tokens_.find(shop_id);
    if (token == tokens_.end())
      co_return tokens::TokenAnswer{{}, tokens::UnknownSubject(tokens::Shop(shop_id))};
    co_return tokens::TokenAnswer{token->second, std::nullopt};
  }
  async::Task<tokens::TokenAnswer> Replace(std::int64_t shop_id, secrets::Secret, std::stop_token) override {
    co_return tokens::TokenAnswer{{}, tokens::NotRenewable(tokens::Shop(shop_id))};
  }

 private:
  const std::map<std::int64_t, secrets::Secret> tokens_;
};

}  // namespace firstmile::testing
