// The addresses where sellers allow a partner to act for their shops, or take that back.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "secrets/secret.h"
#include "signing/signer.h"

namespace firstmile::tokens {

// The origin of the login page that belongs to an API host, for example https://open.shopee.com for
// https://partner.shopeemobile.com. An unknown host, such as an emulator's, has its own.
std::string PageOriginOf(absl::string_view api_base_url);

struct AuthorizationPage {
  std::string redirect_url;
  std::string state;
  bool cancel = false;
};

// The page /auth or /cancel_auth, which is not signed.
std::string UnsignedPage(absl::string_view page_origin, std::int64_t partner_id,
                         const AuthorizationPage& page);

// auth_partner or cancel_auth_partner, signed at `now`; accepted for five minutes.
secrets::Secret SignedPage(absl::string_view api_base_url, const signing::Signer& signer, absl::Time now,
                           const AuthorizationPage& page);

inline constexpr absl::Duration kSignedPageLife = absl::Minutes(5);

}  // namespace firstmile::tokens
