// The answers of the platform's token calls, whose payload stands at the top level of the envelope.
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

// Longest token that is believed, in bytes. The documents say 32 characters, the field says up to two KiB.
inline constexpr std::size_t kTokenBytesMax = 16 * 1024;

// What cannot be read as an id, and so is none that was asked for.
inline constexpr std::int64_t kUnreadableId = -1;

// What token/get and access_token/get give.
struct TokenGrant {
  secrets::Secret access_token;
  secrets::Secret refresh_token;
  std::optional<absl::Time> expires;       // of the access token; nothing: the answer does not tell
  std::vector<std::int64_t> shop_ids;      // token/get of a main account only
  std::vector<std::int64_t> merchant_ids;  // the same

  // Whom the answer names besides; 0: nobody.
  std::int64_t partner_id = 0;
  std::int64_t shop_id = 0;
  std::int64_t merchant_id = 0;
  std::int64_t main_account_id = 0;
};

// Whom a token call asks for: the partner, and one of the other three.
struct GrantSubject {
  std::int64_t partner_id = 0;
  std::int64_t shop_id = 0;
  std::int64_t merchant_id = 0;
  std::int64_t main_account_id = 0;
};

// True when the grant names another partner or another account than was asked for: it is the answer to
// another call. One that names nobody is taken for what was asked for.
bool IsOfAnother(const TokenGrant& grant, const GrantSubject& asked);

// Nothing when the answer lacks one of the two tokens. `expire_in` is documented in seconds and sampled as a
// Unix time: a value above 10^9 is read as the latter.
std::optional<TokenGrant> ReadTokenGrant(const Answer& answer, absl::Time now);

// The tokens that an answer holds, whether it can be used or not.
std::vector<secrets::Secret> TokensIn(const Answer& answer);

// One account in the list of get_shops_by_partner.
struct Authorization {
  std::int64_t id = 0;
  absl::Time expires;
};

// The list of get_shops_by_partner (`list` "authed_shop_list", `id` "shop_id") and its merchant twin, and
// whether another page follows. Rows without an id or an expire_time are left out.
std::vector<Authorization> ReadAuthorizations(const Answer& answer, const char* list, const char* id,
                                              bool* more);

}  // namespace firstmile::codec
