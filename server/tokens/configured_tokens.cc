#include "tokens/configured_tokens.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace firstmile::tokens {

async::Task<absl::StatusOr<secrets::Secret>> ConfiguredTokens::Get(std::int64_t shop_id, std::stop_token) {
  const auto token = tokens_.find(shop_id);
  if (token == tokens_.end()) {
    co_return absl::NotFoundError(absl::StrCat(
        "no access token is known for shop ", shop_id,
        ": give one in the metadata x-shopee-access-token or in shop_tokens of the configuration"));
  }
  co_return token->second;
}

async::Task<absl::StatusOr<secrets::Secret>> ConfiguredTokens::Replace(std::int64_t shop_id, secrets::Secret,
                                                                       std::stop_token) {
  co_return absl::UnauthenticatedError(
      absl::StrCat("the platform refused the configured access token of shop ", shop_id));
}

}  // namespace firstmile::tokens
