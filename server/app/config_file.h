// Reads the configuration file: Protobuf text or JSON, told apart by the first character.
//
// Pure; safe from any thread.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "firstmile/config/v1/config.pb.h"

namespace firstmile::app {

struct ConfigFile {
  firstmile::config::v1::ServerConfig config;

  // "file:line: " of a field, for example "server.event_loops"; "file: " when the file does not give it.
  std::function<std::string(absl::string_view field)> locate;
};

// Fails with kInvalidArgument, "file:line: reason", when the file cannot be read or is no ServerConfig.
absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path);

// The configuration of a start without a file.
ConfigFile NoConfigFile();

}  // namespace firstmile::app
