// Which variables of the environment the libraries of this process get to see.
//
// Call it once, from the main thread, before other threads start and before the libraries read the
// environment.
#pragma once

#include "absl/strings/string_view.h"

namespace firstmile::app {

// Removes what would make a library write secrets to a file or to a log, or send calls or trust elsewhere
// than the configuration says.
void RemoveLibraryVariables();

// Whether a variable is one of them.
bool IsLibraryVariable(absl::string_view name);

}  // namespace firstmile::app
