// The configuration's shop_tokens, and how keys and tokens are read from files.
//
// Internal to this module.
#pragma once

#include <string>
#include <vector>

#include "app/config_validator.h"
#include "app/settings.h"
#include "secrets/secret.h"

namespace firstmile::app {

// Takes off what editors, shells and dotenv files leave around a key or token; adds a warning that names
// `field` when there was any.
secrets::Secret TidiedKey(absl::string_view field, const secrets::Secret& text,
                          std::vector<std::string>* warnings);

void ResolveShopTokens(ConfigValidator& check, const ConfigFile& file, Settings* settings);

}  // namespace firstmile::app
