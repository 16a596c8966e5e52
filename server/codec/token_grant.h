// The answers of Shopee's token calls, whose payload is at the top level of the envelope.
//
// Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "codec/answer.h"
#include "secrets/secret.h"

namespace firstmile::codec {

// Longest accepted token, in bytes. Shopee's documents say 32 characters; integrators report up to 2 KiB.
inline constexpr std::size_t kTokenBytesMax = 16 * 1024;

// Replaces an unreadable id; equal to no requested one.
inline constexpr std::int64_t kUnreadableId = -1;

// The payload of token/get and access_token/get.
struct TokenGrant {
  secrets::Secret access_token;
  secrets::Secret refresh_token;
  std::optional<absl::Time> expires;       // of the access token; empty: not in the answer
  std::vector<std::int64_t> shop_ids;      // that a login covers; a bare number becomes a list of one
  std::vector<std::int64_t> merchant_ids;  // the same

  // Other ids in the answer; 0: absent.
  std::int64_t partner_id = 0;
  std::int64_t shop_id = 0;
  std::int64_t merchant_id = 0;
  std::int64_t main_account_id = 0;
};

// The account that a token call requests: the partner, and at most one of the other three; none of them: the
// code's account.
struct GrantSubject {
  std::int64_t partner_id = 0;
  std::int64_t shop_id = 0;
  std::int64_t merchant_id = 0;
  std::int64_t main_account_id = 0;
};

// Whether the grant names another partner or account than requested: it answers another call. A grant without
// ids is taken for the requested one.
bool IsOfAnother(const TokenGrant& grant, const GrantSubject& asked);

// The shops and merchants that the grant names, in lists or individually; each once, ordered by id.
struct GrantSubjects {
  std::vector<std::int64_t> shop_ids;
  std::vector<std::int64_t> merchant_ids;

  bool empty() const { return shop_ids.empty() && merchant_ids.empty(); }
};
GrantSubjects SubjectsIn(const TokenGrant& grant);

// Empty when one of the two tokens is missing. `expire_in` is documented in seconds, but a sample shows a
// Unix time: a value above 10^9 is read as the latter.
std::optional<TokenGrant> ReadTokenGrant(const Answer& answer, absl::Time now);

// The tokens in an answer, usable or not.
std::vector<secrets::Secret> TokensIn(const Answer& answer);

// One account in the list of get_shops_by_partner.
struct Authorization {
  std::int64_t id = 0;
  absl::Time expires;
};

struct AuthorizationList {
  bool more = false;  // another page follows
  std::vector<Authorization> rows;
};

// The list of get_shops_by_partner (`list` "authed_shop_list", `id` "shop_id") or its merchant variant. Skips
// rows without an id or an expire_time. Empty: the answer has no such list.
std::optional<AuthorizationList> ReadAuthorizations(const Answer& answer, const char* list, const char* id);

}  // namespace firstmile::codec
