// Typed, versioned token records over the byte store. Each function is one atomic change of a record and
// decides who may refresh or which pair counts. docs/design/tokens.md lists the steps of the protocol.
//
// Thread-safe. Every function blocks as long as the store does: call it on a store thread. Errors are the
// store's (token_store.h) and the codec's (token_record.h).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tokens/stores/token_store.h"
#include "tokens/token_record.h"

namespace firstmile::tokens {

// The result of an attempt to claim a refresh.
enum class ClaimEnd {
  kClaimed,  // this owner refreshes; the lease is durable
  kHeld,     // another owner has the lease
  kMoved,    // the record has changed: another pair, authorization required, or no record
};

struct Claim {
  ClaimEnd end = ClaimEnd::kMoved;
  std::optional<TokenRecord> record;  // as stored now
};

class TokenRepository {
 public:
  // `store` and `codec` outlive the repository. `owner` names this process among all that share the store.
  TokenRepository(TokenStore& store, const RecordCodec& codec, std::string owner)
      : store_(store), codec_(codec), owner_(std::move(owner)) {}

  // Whether another owner has a lease on the pair.
  bool LeasedByAnother(const TokenRecord& record) const;

  absl::StatusOr<std::optional<TokenRecord>> Read(Subject subject);

  // Gives this owner the lease on the pair `generation`. Another owner's lease prevents that, unless the
  // record still has version `dead`: the caller has seen it unchanged for the length of a lease.
  absl::StatusOr<Claim> ClaimRefresh(Subject subject, std::int64_t generation, absl::Time now,
                                     std::optional<Version> dead);

  // Replaces the pair `next.generation` - 1, regardless of who owns the lease, and clears the lease and the
  // authorization requirement. Creates a record that has been lost. Returns the current record: `next`, or a
  // newer one that was already stored.
  absl::StatusOr<TokenRecord> Commit(TokenRecord next);

  // Gives up this owner's lease: its request had no effect. The attempt count stays if an earlier attempt
  // with the same pair has an unknown outcome. Returns the record as stored.
  absl::StatusOr<std::optional<TokenRecord>> Release(Subject subject, std::int64_t generation);

  // Records that the pair `generation` cannot be refreshed: clears the lease and stops further attempts. Does
  // nothing when the record has another generation. Returns the record as stored.
  absl::StatusOr<std::optional<TokenRecord>> SetAuthorizationRequired(
      Subject subject, std::int64_t generation, AuthorizationRequirement authorization_required);

  // Stores a pair from a login or import, in place of any other. Returns the record with its new generation.
  absl::StatusOr<TokenRecord> Put(TokenRecord record);

  // Sets when the seller's authorization expires, as Shopee reports it. Does nothing when there is no record.
  absl::StatusOr<std::optional<TokenRecord>> SetAuthorizationEnd(Subject subject, absl::Time end);

  // Replaces the record with a tombstone that outranks every earlier pair, including generation `remembered`,
  // which the store may have lost (0: none). Returns the tombstone, or nothing when there was nothing to
  // forget.
  absl::StatusOr<std::optional<TokenRecord>> Forget(Subject subject, absl::Time now,
                                                    std::int64_t remembered = 0);

  struct Restored {
    TokenRecord record;    // as stored now: the restored one, or one at least as new
    bool written = false;  // the store had lost it
  };
  // Restores a record or tombstone that the store has lost, or of which it has an older version.
  absl::StatusOr<Restored> Restore(TokenRecord record);

  // Erases the tombstone of a forgotten subject. Does nothing when the record has changed.
  absl::Status Purge(const TokenRecord& forgotten);

  struct Page {
    std::vector<TokenRecord> records;  // without their tokens
    std::string next;                  // key to continue after; empty at the end
    int unreadable = 0;                // records skipped because they cannot be decoded
  };
  // Returns at most `limit` records in key order, after the key `after`. Decrypts no pair.
  absl::StatusOr<Page> List(const std::string& after, int limit);

  // Writes the record again, encrypted under the first key.
  absl::Status Reencrypt(Subject subject);

 private:
  // Changes the record in place. Returns false to leave the stored one as it is.
  using Change = std::function<bool(TokenRecord& record)>;
  absl::StatusOr<std::optional<TokenRecord>> Update(Subject subject, const Change& change);
  absl::StatusOr<Restored> Replace(TokenRecord next);  // an older record, or none
  absl::StatusOr<Version> Write(const TokenRecord& record, Version expected);

  TokenStore& store_;
  const RecordCodec& codec_;
  const std::string owner_;
};

}  // namespace firstmile::tokens
