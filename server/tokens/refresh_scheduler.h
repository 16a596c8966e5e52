// Scans the store periodically: refreshes pairs that are due, picks up other processes' changes, warns of
// expiring authorizations, and removes old tombstones. There is one per event loop, for that loop's subjects.
//
// Belongs to its TokenManager's loop.
#pragma once

#include <functional>

#include "tokens/token_manager.h"

namespace firstmile::tokens {

struct RefreshSchedulerOptions {
  absl::Duration scan_every = absl::Minutes(1);

  // Refreshes that one scan starts per second, so that pairs issued together spread out.
  double starts_per_second = 2;

  // How often Shopee is asked when the sellers' authorizations expire, while the store holds tokens.
  absl::Duration fetch_expiries_every = absl::Hours(12);

  // How long before its expiry the sidecar warns, once a day, of an authorization.
  absl::Duration authorization_warning = absl::Hours(7 * 24);
};

class RefreshScheduler {
 public:
  // `owns` selects the subjects of the TokenManager's loop. All references outlive the RefreshScheduler.
  RefreshScheduler(const TokenContext& context, const RefreshSchedulerOptions& options,
                   TokenManager& token_manager, std::function<bool(Subject)> owns)
      : context_(context), options_(options), token_manager_(token_manager), owns_(std::move(owns)) {}

  // Scans until stopped. A scan whose store cannot be read is repeated at the next interval.
  async::Task<void> Run(std::stop_token stop);

  // Reads every record of the store once, then restores the records that the store has lost.
  async::Task<void> ScanStore(std::stop_token stop);

 private:
  async::Task<void> FetchAuthorizationExpiries(std::stop_token stop);
  async::Task<bool> FetchAuthorizationExpiriesOf(SubjectKind kind, std::stop_token stop);
  async::Task<void> HandleRecord(TokenRecord record, std::stop_token stop);
  async::Task<bool> CleanUp(const TokenRecord& record);
  bool NeedsReencryption(const TokenRecord& record) const;
  bool IsOutdatedTombstone(const TokenRecord& record) const;
  void WarnOfEnd(const TokenRecord& record);

  const TokenContext& context_;
  const RefreshSchedulerOptions& options_;
  TokenManager& token_manager_;
  const std::function<bool(Subject)> owns_;
  absl::flat_hash_map<Subject, transport::MonotonicTime> warn_again_;
  transport::MonotonicTime fetch_expiries_due_;

  // The generation of each pair that this process re-encrypted. A process with the keys in another order
  // would undo it, so each process does it once.
  absl::flat_hash_map<Subject, std::int64_t> reencrypted_;
  bool any_ = false;  // the last scan found a record for this loop
};

}  // namespace firstmile::tokens
