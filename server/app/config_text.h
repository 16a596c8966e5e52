// The configuration as Protobuf text: Protobuf's own parser reads it, our walk over the same tokens tells the
// line of each field, and the mistake when there is one.
//
// Pure; safe from any thread. For this room alone.
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
