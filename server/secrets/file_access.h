// Checks who can access a file with secrets.
//
// Pure function; safe from any thread.
#pragma once

#include <sys/stat.h>

#include <string>

#include "absl/status/status.h"

namespace firstmile::secrets {

enum class FileAccess {
  kOwn,       // owned by root or this process's user, with no access for others, except that a group of this
              // process may read it, as with Kubernetes's fsGroup
  kAnyOwner,  // the same with any owner: for an administrator's tools
  kAnyone,    // not checked
};

// `file` is the stat of the file at `path`; only its owner and permissions are checked. Fails with
// kInvalidArgument, naming file, mode and remedy.
absl::Status CheckFileAccess(const std::string& path, const struct stat& file, FileAccess access);

}  // namespace firstmile::secrets
