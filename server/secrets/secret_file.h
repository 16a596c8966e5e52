// Reads secrets from where secrets may come from: files and the environment, never flags.
//
// Pure functions; safe from any thread (the environment must not change meanwhile).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "secrets/file_access.h"
#include "secrets/secret.h"

namespace firstmile::secrets {

// Largest secret file in bytes; a larger file is surely another file.
inline constexpr std::size_t kSecretFileBytesMax = 64 * 1024;

// The file's text without surrounding white space. Fails with kNotFound or kFailedPrecondition, naming the
// path and never its content, when the file cannot be read, is empty or too large, and with kInvalidArgument
// when others have access to it.
absl::StatusOr<Secret> ReadSecretFile(const std::string& path, FileAccess access);

// The variable's text without surrounding white space. Fails with kNotFound when it is unset or empty.
absl::StatusOr<Secret> ReadSecretFromEnvironment(const std::string& variable);

// The path of a file that cannot be read, and the name of a variable that is not set, for messages. Where a
// path or name was asked for, some give the secret itself: what does not look like the former is not
// repeated.
std::string ShownPath(absl::string_view path);
std::string ShownVariable(absl::string_view name);

}  // namespace firstmile::secrets
