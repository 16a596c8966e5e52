// Reads hexadecimal digits, which is how keys are often handed over.
//
// A pure function; safe from any thread. Our own, because what Abseil offers for it differs between its
// versions.
#pragma once

#include "absl/strings/string_view.h"
#include "secrets/secret.h"

namespace firstmile::secrets {

// The bytes that `digits`, of either case, stand for. Empty unless they are an even number of digits and
// nothing else.
Secret FromHex(absl::string_view digits);

}  // namespace firstmile::secrets
