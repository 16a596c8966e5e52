// Seals records before they go into a store, so that who reads the store learns no token and who writes into
// it cannot forge or swap one: AES-256-GCM under keys that the store never sees.
//
// Immutable; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "secrets/secret.h"
#include "tokens/stores/sealing_keys.h"

namespace firstmile::tokens {

class Sealer {
 public:
  // What a sealed text is longer than the plain one, in bytes: format, key id, nonce, tag.
  static constexpr std::size_t kOverheadBytes = 1 + kSealingKeyIdBytes + 12 + 16;

  // Seals under the first key, opens under each. REQUIRES: `keys` comes from ParseSealingKeys.
  explicit Sealer(std::vector<SealingKey> keys) : keys_(std::move(keys)) {}

  // `associated` binds the sealed text to its place, such as the key of its record: it is not kept and must
  // be given again to open. Nonces are random, so a key should seal no more than 2^32 times.
  absl::StatusOr<std::string> Seal(const secrets::Secret& plain, absl::string_view associated) const;

  // kNotFound: sealed under a key that is not given; the message names its id. kDataLoss: not sealed by a
  // Sealer, changed since, or moved here from another place.
  absl::StatusOr<secrets::Secret> Open(absl::string_view sealed, absl::string_view associated) const;

  // False: worth sealing anew, since its key is about to go.
  bool SealedUnderFirstKey(absl::string_view sealed) const;

 private:
  std::vector<SealingKey> keys_;
};

}  // namespace firstmile::tokens
