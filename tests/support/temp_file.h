// Files of one test process, since ctest runs several at once.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace firstmile::testing {

inline std::string TempPath(const std::string& name) {
  return ::testing::TempDir() + "firstmile-" + std::to_string(getpid()) + "-" + name;
}

// Readable by its owner only, as files with keys must be.
inline std::string WriteTempFile(const std::string& name, const std::string& text) {
  std::string path = TempPath(name);
  std::ofstream(path) << text;
  chmod(path.c_str(), S_IRUSR | S_IWUSR);
  return path;
}

}  // namespace firstmile::testing
