// The text of vendor_codes.md, as the build embeds it.
//
// Constant data; safe from any thread.
#pragma once

#include "absl/strings/string_view.h"

namespace firstmile::errors {

absl::string_view VendorCodesPage();

}  // namespace firstmile::errors
