// Encrypts records with AES-256-GCM before they are stored. A reader of the store learns no token; a writer
// to it can neither forge nor swap records. The store never sees the keys.
// Immutable; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "secrets/secret.h"
#include "tokens/stores/encryption_keys.h"

namespace firstmile::tokens {

class TokenCipher {
 public:
  // How many bytes an encrypted text is longer than the plain one: format, key id, nonce, tag.
  static constexpr std::size_t kOverheadBytes = 1 + kEncryptionKeyIdBytes + 12 + 16;

  // Encrypts with the first key, decrypts with any. REQUIRES: `keys` comes from ParseEncryptionKeys.
  explicit TokenCipher(std::vector<EncryptionKey> keys) : keys_(std::move(keys)) {}

  // `associated` binds the encrypted text to its context, such as the key of its record. It is not stored and
  // must be passed to Open again. Nonces are random, so one key should encrypt at most 2^32 times.
  absl::StatusOr<std::string> Encrypt(const secrets::Secret& plain, absl::string_view associated) const;

  // kNotFound: encrypted under an unknown key; the message names its id. kDataLoss: not a TokenCipher's text,
  // modified, or copied from another record.
  absl::StatusOr<secrets::Secret> Open(absl::string_view encrypted, absl::string_view associated) const;

  // False: the text should be re-encrypted before its key is removed.
  bool EncryptedUnderFirstKey(absl::string_view encrypted) const;

 private:
  std::vector<EncryptionKey> keys_;
};

}  // namespace firstmile::tokens
