// The steps of custody, each one atomic change of a record in the store: who may refresh, and which pair
// counts. tokens/README.md has the protocol as a table.
//
// Thread-safe. Every function blocks as long as the store does: call them on a store thread. Errors are the
// store's (token_store.h) and the codec's (token_record.h).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tokens/token_record.h"
#include "tokens/token_store.h"

namespace firstmile::tokens {

// How the question for the right to refresh ended.
enum class ClaimEnd {
  kClaimed,  // this owner refreshes; the mark is durable
  kHeld,     // another owner does
  kMoved,    // the record has changed: another pair, a quarantine, or nothing at all
};

struct Claim {
  ClaimEnd end = ClaimEnd::kMoved;
  std::optional<TokenRecord> record;  // as it stands now
};

class TokenLedger {
 public:
  // `store` and `codec` outlive the ledger. `owner` names this process among all that share the store.
  TokenLedger(TokenStore& store, const RecordCodec& codec, std::string owner)
      : store_(store), codec_(codec), owner_(std::move(owner)) {}

  const std::string& owner() const { return owner_; }

  absl::StatusOr<std::optional<TokenRecord>> Read(Subject subject);

  // Marks the refresh of the pair `generation` as begun by this owner. A mark of another owner holds, unless
  // the record is still at version `dead`: the caller has watched it stand there for the length of a lease.
  absl::StatusOr<Claim> ClaimRefresh(Subject subject, std::int64_t generation, absl::Time now,
                                     std::optional<Version> dead);

  // Puts `next` in the place of the pair that it was made from, `next.generation` - 1, whoever holds the mark
  // by now, and ends mark and quarantine. A record that has gone is made again. Gives the record that counts:
  // `next`, or a newer one that was there already.
  absl::StatusOr<TokenRecord> Commit(TokenRecord next);

  // Takes this owner's mark back: its request was not carried out. What stays of the mark tells of earlier
  // attempts with the same pair, whose end is not known, and holds nobody. Gives the record as it stands.
  absl::StatusOr<std::optional<TokenRecord>> Release(Subject subject, std::int64_t generation);

  // The pair `generation` cannot be renewed. Unless the record has moved on, ends the mark and stops all
  // further tries. Gives the record as it stands.
  absl::StatusOr<std::optional<TokenRecord>> SetQuarantine(Subject subject, std::int64_t generation,
                                                           Quarantine quarantine);

  // A person brought a pair: it replaces any other. Gives the record with its new generation.
  absl::StatusOr<TokenRecord> Put(TokenRecord record);

  // The end of the seller's authorization, as the platform tells it. Nothing changes when there is no record.
  absl::StatusOr<std::optional<TokenRecord>> SetAuthorizationEnd(Subject subject, absl::Time end);

  // Replaces the record by a mark without tokens, which outranks every pair of before. False when there was
  // nothing to forget.
  absl::StatusOr<bool> Forget(Subject subject, absl::Time now);

  // Brings back a record that the store has lost, or in whose place it has an older one again. Gives what
  // stands there now: `record` or something newer.
  absl::StatusOr<TokenRecord> Restore(TokenRecord record);

  // Erases the mark of a subject that was forgotten. Does nothing when the record is another one by now.
  absl::Status Purge(const TokenRecord& forgotten);

  struct Page {
    std::vector<TokenRecord> records;  // without their tokens
    std::string next;                  // for the following call; empty at the end
    int unreadable = 0;                // records that nobody can read; they are skipped
  };
  // At most `limit` records in the order of their keys, after the key `after`. Opens no pair.
  absl::StatusOr<Page> List(const std::string& after, int limit);

  // Writes the record again, sealed under the first key.
  absl::Status Reseal(Subject subject);

 private:
  // Changes the record in place; false: leave it as it is.
  using Change = std::function<bool(TokenRecord& record)>;
  absl::StatusOr<std::optional<TokenRecord>> Update(Subject subject, const Change& change);
  absl::StatusOr<TokenRecord> Replace(TokenRecord next);  // of an older record, or of none
  bool HeldByAnother(const TokenRecord& record) const;
  absl::StatusOr<Version> Write(const TokenRecord& record, Version expected);

  TokenStore& store_;
  const RecordCodec& codec_;
  const std::string owner_;
};

}  // namespace firstmile::tokens
