// One log line for each thing that happens to a shop's tokens.
//
// Thread-safe. Lines name the subject and the reason, never a token.
#pragma once

#include "tokens/custody_broadcast.h"

namespace firstmile::app {

void LogCustodyEvent(tokens::Transition transition, const tokens::TokenRecord& record,
                     absl::string_view reason);

}  // namespace firstmile::app
