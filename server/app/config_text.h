// The configuration as Protobuf text: Protobuf's own parser reads it; our walk over the same tokens finds the
// line of each field, and the mistake when there is one.
//
// Pure; safe from any thread. Internal to this module.
#pragma once

#include <optional>
#include <string>

#include "app/config_words.h"
#include "firstmile/config/v1/config.pb.h"

namespace firstmile::app {

// Nothing: `config` and `lines` are filled.
std::optional<ConfigMistake> ParseConfigText(const std::string& text, config::v1::ServerConfig* config,
                                             ConfigLines* lines);

}  // namespace firstmile::app
