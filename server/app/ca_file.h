// Reads the file of certificate authorities before anything relies on it.
//
// Pure function, safe from any thread; blocks on the file system.
#pragma once

#include <ctime>
#include <string>

#include "absl/status/statusor.h"

namespace firstmile::app {

// Largest such file in bytes; those of systems have a quarter of a megabyte.
inline constexpr std::size_t kCaFileBytesMax = 8 * 1024 * 1024;

struct CaFileContent {
  int certificates = 0;
  int not_valid_now = 0;  // expired, or not valid yet
};

// What the PEM file holds, read with the rules of OpenSSL when it trusts a file: one block that it cannot
// read spoils the whole. Fails with one line that names the path, never the content, when the file is
// missing, no regular file, too large, unreadable as PEM, or without a certificate.
absl::StatusOr<CaFileContent> InspectCaFile(const std::string& path, std::time_t now);

}  // namespace firstmile::app
