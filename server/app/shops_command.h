// `firstmiled shops`: lists the stored tokens from the command line, whether a sidecar runs or not.
//
// Opens the store of the configuration for reading; shows no token.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "app/config_file.h"

namespace firstmile::app {

// The text to print: a table with a line for each shop and merchant. Fails with kInvalidArgument for a
// configuration without a durable store, and with the store's errors.
absl::StatusOr<std::string> ListShopsText(const ConfigFile& file);

}  // namespace firstmile::app
