// Secrets of signed URLs and of token answers in texts that come from outside: an error text may echo the
// request line of any call, and a body that cannot be read may be a token answer.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::errors {

// `text` with "***" for the value of each parameter sign, access_token and refresh_token, and of each JSON
// member access_token, refresh_token and partner_key, also where its quotes are escaped.
std::string WithoutSecretParameters(absl::string_view text);

// The same for the JSON members alone, where texts may have addresses that are of use.
std::string WithoutSecretMembers(absl::string_view json);

}  // namespace firstmile::errors
