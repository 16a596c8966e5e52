// URLs of the pages where sellers grant or withdraw a partner's authorization.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "secrets/secret.h"
#include "signing/signer.h"

namespace firstmile::tokens {

// The origin of the login page for an API host, for example https://open.shopee.com for
// https://partner.shopeemobile.com. For an unknown host, such as an emulator's, it is the host's own origin.
std::string PageOriginOf(absl::string_view api_base_url);

struct AuthorizationPage {
  std::string redirect_url;
  std::string state;
  bool cancel = false;
};

// The unsigned page /auth or /cancel_auth.
std::string UnsignedPage(absl::string_view page_origin, std::int64_t partner_id,
                         const AuthorizationPage& page);

// The signed page auth_partner or cancel_auth_partner. Shopee accepts the signature for five minutes after
// `now`.
secrets::Secret SignedPage(absl::string_view api_base_url, const signing::Signer& signer, absl::Time now,
                           const AuthorizationPage& page);

inline constexpr absl::Duration kSignedPageLife = absl::Minutes(5);

}  // namespace firstmile::tokens
