// The keys that seal records at rest, as an operator writes them into a secret file.
//
// Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "secrets/secret.h"

namespace firstmile::tokens {

inline constexpr std::size_t kSealingKeyBytes = 32;
inline constexpr std::size_t kSealingKeyIdBytes = 8;
inline constexpr std::size_t kSealingKeysMax = 16;

struct SealingKey {
  secrets::Secret bytes;
  std::string id;  // kSealingKeyIdBytes of a hash of the key: tells keys apart and gives nothing away
};

// One key per line, as 64 hexadecimal digits or 44 characters of base64: `openssl rand -base64 32` makes one.
// Empty lines and lines that start with # are passed over. The first key is the newest. Errors are
// kInvalidArgument, name the line and never show it.
absl::StatusOr<std::vector<SealingKey>> ParseSealingKeys(const secrets::Secret& text);

}  // namespace firstmile::tokens
