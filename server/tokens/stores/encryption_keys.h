// The keys that encrypt stored records, as an operator writes them into a secret file.
//
// Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "secrets/secret.h"

namespace firstmile::tokens {

inline constexpr std::size_t kEncryptionKeyBytes = 32;
inline constexpr std::size_t kEncryptionKeyIdBytes = 8;
inline constexpr std::size_t kEncryptionKeysMax = 16;

struct EncryptionKey {
  secrets::Secret bytes;
  std::string id;  // kEncryptionKeyIdBytes of a hash of the key; reveals nothing about it
};

// Parses one key per line: 64 hexadecimal digits or 44 base64 characters, as from `openssl rand -base64 32`.
// Empty lines and lines starting with # are skipped. The first key is the newest. Errors are
// kInvalidArgument; they name the line number and never its text.
absl::StatusOr<std::vector<EncryptionKey>> ParseEncryptionKeys(const secrets::Secret& text);

}  // namespace firstmile::tokens
