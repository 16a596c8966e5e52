// One log line for each thing that happens to a shop's tokens.
//
// Thread-safe. Lines name the subject and the reason, never a token.
#pragma once

#include "tokens/token_event_broadcast.h"

namespace firstmile::app {

void LogTokenEvent(tokens::TokenEvent event, const tokens::TokenRecord& record, absl::string_view reason);

}  // namespace firstmile::app
