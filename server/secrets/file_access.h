// Who may use a file that holds secrets.
//
// Pure function; safe from any thread.
#pragma once

#include <sys/stat.h>

#include <string>

#include "absl/status/status.h"

namespace firstmile::secrets {

enum class FileAccess {
  kOwn,  // root or the user of this process owns it, and nobody else may use it, but for one case: a group
         // of this process may read it, as Kubernetes arranges with fsGroup
  kAnyOwner,  // the same, whoever owns it: for an administrator who looks
  kAnyone,    // not checked
};

// `file` is the status of the file at `path`, whose permissions alone are looked at. Fails with
// kInvalidArgument, naming file, mode and remedy.
absl::Status CheckFileAccess(const std::string& path, const struct stat& file, FileAccess access);

}  // namespace firstmile::secrets
