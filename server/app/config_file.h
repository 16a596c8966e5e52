// Reads the configuration file: Protobuf text, or JSON when it begins with a brace.
//
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "firstmile/config/v1/config.pb.h"

namespace firstmile::app {

// A longer file is no configuration: a thousand shops with tokens take a tenth of it.
inline constexpr std::size_t kConfigFileBytesMax = 4 * 1024 * 1024;

struct ConfigFile {
  firstmile::config::v1::ServerConfig config;

  // "file:line: " of a field, for example "server.event_loops"; "file: " when the file does not give it.
  std::function<std::string(absl::string_view field)> locate;

  // Whether others may use the file, which matters when it holds tokens.
  absl::Status access;
};

// Fails with kInvalidArgument, "file:line: field: reason", when the file cannot be read or is no
// ServerConfig. The reason repeats nothing of the file except names that have the form of a field's name.
absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path);

// The configuration of a start without a file.
ConfigFile NoConfigFile();

}  // namespace firstmile::app
