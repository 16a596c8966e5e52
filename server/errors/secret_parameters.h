// Secrets of signed URLs in texts that come from outside: an error text may echo the request line of any
// call.
//
// Pure function; safe from any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::errors {

// `text` with "***" for the value of each parameter sign, access_token and refresh_token.
std::string WithoutSecretParameters(absl::string_view text);

}  // namespace firstmile::errors
