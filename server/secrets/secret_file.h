// Reads secrets from where secrets may come from: files and the environment, never flags.
//
// Pure functions; safe from any thread (the environment must not change meanwhile).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "secrets/secret.h"

namespace firstmile::secrets {

// Largest secret file in bytes; a larger file is surely another file.
inline constexpr std::size_t kSecretFileBytesMax = 64 * 1024;

// The file's text without surrounding white space. Fails with kNotFound or kFailedPrecondition, naming the
// path and never its content, when the file cannot be read, is empty or too large.
absl::StatusOr<Secret> ReadSecretFile(const std::string& path);

// The variable's text without surrounding white space. Fails with kNotFound when it is unset or empty.
absl::StatusOr<Secret> ReadSecretFromEnvironment(const std::string& variable);

}  // namespace firstmile::secrets
