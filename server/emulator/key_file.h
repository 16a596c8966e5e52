// Reads the partner key from a file that an editor or a dotenv tool may have written. Plain values; thread
// safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace emulator {

struct KeyFile {
  std::string key;
  std::vector<std::string> removed;  // what was removed around the key, for a warning; never a part of it
};

// Removes UTF-16, a byte-order mark, comment lines, `NAME=` and quotes. `bytes` is the whole file.
KeyFile ParseKeyFile(std::string bytes);

// nullopt if the file cannot be read or contains no key.
std::optional<KeyFile> ReadKeyFile(const std::string& path);

}  // namespace emulator
