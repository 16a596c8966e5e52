// The stored tokens of one shop or merchant, and their serialized form.
//
// TokenRecord is a plain value. RecordCodec is immutable; safe to share between threads.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "secrets/secret.h"
#include "tokens/stores/token_cipher.h"
#include "tokens/stores/token_store.h"
#include "tokens/subject.h"

namespace firstmile::tokens {

struct TokenPair {
  secrets::Secret access_token;
  secrets::Secret refresh_token;  // empty: the pair cannot be refreshed
};

// A refresh that has begun; durable before its request is sent.
struct RefreshLease {
  std::string owner;  // the owning process's own name; empty: no refresh is running
  absl::Time started;
  int attempts = 0;  // requests that were or may have been sent with this pair, including this one
};

// The seller must log in; the sidecar makes no token calls for the subject meanwhile.
struct AuthorizationRequirement {
  std::string reason;  // REFRESH_TOKEN_REFUSED, REFRESH_ANSWER_LOST or AUTHORIZATION_ENDED
  std::string detail;  // Shopee's code and text
  absl::Time since;
};

struct TokenRecord {
  Subject subject;
  std::int64_t generation = 0;  // counts pairs; a pair replaces only its direct predecessor
  TokenPair pair;
  absl::Time obtained;
  absl::Time access_expires = absl::InfiniteFuture();         // infinite: not known
  absl::Time refresh_expires = absl::InfiniteFuture();        // if it is not used
  absl::Time authorization_expires = absl::InfiniteFuture();  // infinite: not known
  bool refreshed = false;                                     // false: the pair came from a login or import
  std::optional<RefreshLease> refresh;
  std::optional<AuthorizationRequirement> authorization_required;
  bool renewable = false;  // as stored: the pair has a refresh token
  bool forgotten = false;  // tombstone since `obtained`; keeps other processes from restoring the pair

  bool needs_reencryption = false;  // as stored: encrypted under a key that is not the first
  Version version = kAbsent;        // of the store, when the record was read
};

class RecordCodec {
 public:
  // `cipher` outlives the codec.
  explicit RecordCodec(const TokenCipher& cipher) : cipher_(cipher) {}

  // Serializes and encrypts the record. Fails with kInternal when no randomness is available.
  absl::StatusOr<std::string> Encode(const TokenRecord& record) const;

  // Decodes `stored`, found under `key`. kDataLoss: not a record of this key, or modified. kNotFound:
  // encrypted under an unknown key.
  absl::StatusOr<TokenRecord> Decode(const std::string& key, const StoredRecord& stored) const;

  // The same without its tokens; decrypts nothing.
  absl::StatusOr<TokenRecord> DecodeWithoutPair(const std::string& key, const StoredRecord& stored) const;

 private:
  const TokenCipher& cipher_;
};

}  // namespace firstmile::tokens
