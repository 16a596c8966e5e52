// The page vendor_codes.md, which is built into the program.
//
// Thread-safe; the page is read at the first call and lives until the end of the process.
#pragma once

#include "errors/error_page.h"

namespace firstmile::errors {

// Ends the process with the line and the reason when the page is broken: a build that passed its tests has
// none.
const ErrorPage& VendorCodes();

}  // namespace firstmile::errors
