// What custody knows of one shop or merchant, and its form in a store.
//
// TokenRecord is a plain value. RecordCodec is immutable; safe to share between threads.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "secrets/secret.h"
#include "tokens/stores/sealer.h"
#include "tokens/subject.h"
#include "tokens/token_store.h"

namespace firstmile::tokens {

struct TokenPair {
  secrets::Secret access_token;
  secrets::Secret refresh_token;  // empty: nobody can renew this pair
};

// A refresh that was begun; durable before its request leaves.
struct RefreshMark {
  std::string owner;  // the process, by the name that it gave itself; empty: none is at it
  absl::Time started;
  int attempts = 0;  // that were, or may have been, sent with this pair, this one counted
};

// A person is needed; nothing is sent to the platform meanwhile.
struct Quarantine {
  std::string reason;  // REFRESH_TOKEN_REFUSED, REFRESH_ANSWER_LOST or AUTHORIZATION_ENDED
  std::string detail;  // the platform's code and text
  absl::Time since;
};

struct TokenRecord {
  Subject subject;
  std::int64_t generation = 0;  // counts pairs; a pair takes the place of the one it was made from, no other
  TokenPair pair;
  absl::Time obtained;
  absl::Time access_expires = absl::InfiniteFuture();         // infinite: not known
  absl::Time refresh_expires = absl::InfiniteFuture();        // if it is not used
  absl::Time authorization_expires = absl::InfiniteFuture();  // infinite: not known
  bool refreshed = false;  // false: a person brought the pair, by login or import
  std::optional<RefreshMark> refresh;
  std::optional<Quarantine> quarantine;
  bool renewable = false;  // as stored: the pair has a refresh token
  bool forgotten = false;  // since `obtained`; keeps other processes from bringing the pair back

  bool needs_resealing = false;  // as stored: sealed under a key that is no longer the first
  Version version = kAbsent;     // of the store, when the record was read
};

class RecordCodec {
 public:
  // `sealer` outlives the codec.
  explicit RecordCodec(const Sealer& sealer) : sealer_(sealer) {}

  // The record's form in a store. Fails with kInternal when no randomness is to be had.
  absl::StatusOr<std::string> Encode(const TokenRecord& record) const;

  // Reads `stored`, found under `key`. kDataLoss: not a record of this key, or changed by somebody;
  // kNotFound: sealed under a key that was not given.
  absl::StatusOr<TokenRecord> Decode(const std::string& key, const StoredRecord& stored) const;

  // The same without its tokens, for those who only look; opens nothing.
  absl::StatusOr<TokenRecord> DecodeWithoutPair(const std::string& key, const StoredRecord& stored) const;

 private:
  const Sealer& sealer_;
};

}  // namespace firstmile::tokens
