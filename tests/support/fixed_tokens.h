// Access tokens that never change, for tests of the modules above tokens.
#pragma once

#include "absl/container/flat_hash_map.h"
#include "tokens/access_tokens.h"
#include "tokens/token_refusals.h"

namespace firstmile::testing {

// Immutable; safe from any thread.
class FixedTokens final : public tokens::AccessTokens {
 public:
  using Map = absl::flat_hash_map<tokens::Subject, secrets::Secret>;
  explicit FixedTokens(Map tokens) : tokens_(std::move(tokens)) {}

  async::Task<tokens::TokenAnswer> Get(tokens::Subject subject, std::stop_token) override {
    const auto token = tokens_.find(subject);
    if (token == tokens_.end()) co_return tokens::TokenAnswer{{}, tokens::UnknownSubject(subject)};
    co_return tokens::TokenAnswer{token->second, std::nullopt};
  }
  async::Task<tokens::TokenAnswer> Replace(tokens::Subject subject, secrets::Secret,
                                           std::stop_token) override {
    co_return tokens::TokenAnswer{{}, tokens::NotRenewable(subject)};
  }

 private:
  const Map tokens_;
};

}  // namespace firstmile::testing
