// The configuration as JSON, read into the message along its type: names as in the .proto or in
// lowerCamelCase.
//
// Pure; safe from any thread. Internal to this module.
#pragma once

#include <optional>
#include <string>

#include "app/config_words.h"
#include "firstmile/config/v1/config.pb.h"

namespace firstmile::app {

// Nothing: `config` and `lines` are filled.
std::optional<ConfigMistake> ParseConfigJson(const std::string& text, config::v1::ServerConfig* config,
                                             ConfigLines* lines);

}  // namespace firstmile::app
