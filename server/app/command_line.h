// The few things that a person sets by hand; each goes over the configuration file.
//
// Pure; call it from one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace firstmile::app {

struct CommandLine {
  bool shops = false;  // list the stored tokens instead of serving
  std::string config;  // path; empty: no file
  std::vector<std::string> listen;
  std::string upstream;
  std::optional<std::int64_t> partner_id;
  std::string partner_key_file;
  bool check_upstream = false;
  bool help = false;
  bool version = false;
};

// Fails with kInvalidArgument and one line that names the flag, or the position of a word that is none.
absl::StatusOr<CommandLine> ParseCommandLine(int argc, char** argv);

// What --help prints. It shows no secret: none can be given by a flag.
absl::string_view HelpText();

}  // namespace firstmile::app
