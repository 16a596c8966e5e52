// Decodes hexadecimal digits, a common format of keys.
//
// A pure function; safe from any thread. Not Abseil's, which differs between versions.
#pragma once

#include "absl/strings/string_view.h"
#include "secrets/secret.h"

namespace firstmile::secrets {

// The bytes of `digits`, in either case. Empty unless they are an even number of digits and nothing else.
Secret FromHex(absl::string_view digits);

}  // namespace firstmile::secrets
