// Reads secrets from files and the environment. Flags are not supported, since they are visible to other
// users.
//
// Pure functions; safe from any thread (the environment must not change meanwhile).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "secrets/file_access.h"
#include "secrets/secret.h"

namespace firstmile::secrets {

// Most bytes of a secret file; a larger file is not a secret file.
inline constexpr std::size_t kSecretFileBytesMax = 64 * 1024;

// The file's text without surrounding white space. Fails with kNotFound or kFailedPrecondition, naming the
// path but never the content, when the file is unreadable, empty or too large, and with kInvalidArgument when
// other users can access it.
absl::StatusOr<Secret> ReadSecretFile(const std::string& path, FileAccess access);

// The variable's text without surrounding white space. Fails with kNotFound when it is unset or empty.
absl::StatusOr<Secret> ReadSecretFromEnvironment(const std::string& variable);

// The path of an unreadable file, or the name of an unset variable, for messages. Operators sometimes put the
// secret itself there, so a text that does not look like a path or name is not repeated.
std::string ShownPath(absl::string_view path);
std::string ShownVariable(absl::string_view name);

}  // namespace firstmile::secrets
