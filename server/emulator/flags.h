// The command line of shopee-emulator.
#pragma once

#include <string>

#include "emulator/emulator.h"

namespace emulator {

struct CommandLine {
  Options options;
  std::string partner_key_file;
  std::string port_file;
  std::string seed_file;
  bool help = false;
};

// Accepts "--name=value" and "--name value"; dashes and underscores in names mean the same. Returns ""
// or an error text.
std::string ParseCommandLine(int argc, const char* const* argv, CommandLine& line);

std::string FlagsHelp();

}  // namespace emulator
