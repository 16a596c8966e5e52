// When to refresh a token pair, and the times of the refresh protocol.
//
// Pure functions over plain values; safe from any thread.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "tokens/token_record.h"

namespace firstmile::tokens {

struct RefreshPolicy {
  // An access token that expires sooner than this is not handed out: a call must be able to finish with it.
  absl::Duration access_margin = absl::Minutes(1);

  // The fraction of an access token's lifetime after which the sidecar refreshes the pair of a shop in use;
  // drawn for each pair between the two.
  double ahead_from = 0.70;
  double ahead_to = 0.85;

  // The same for an idle shop, as a fraction of the refresh token's lifetime.
  double idle_from = 0.50;
  double idle_to = 0.85;

  // Lifetimes that Shopee documents, for answers without one.
  absl::Duration access_life = absl::Hours(4);
  absl::Duration refresh_life = absl::Hours(30 * 24);

  // How long another process's lease must stay unchanged before its owner counts as dead. Longer than one
  // request takes.
  absl::Duration lease = absl::Seconds(15);

  // The fraction of a lease within which the claimed refresh must be sent; the rest is for its answer.
  double send_within = 1.0 / 3;

  // How often a process that waits for another process's refresh reads the record.
  absl::Duration poll = absl::Milliseconds(100);

  // Longest wait for another process's refresh.
  absl::Duration obtain_max = absl::Seconds(60);

  // Delays after failed refreshes, doubled each time.
  absl::Duration backoff_initial = absl::Seconds(1);
  absl::Duration backoff_max = absl::Minutes(5);

  // Delay before the second attempt of a refresh whose answer was lost, and before a failed store write is
  // repeated.
  absl::Duration second_try_after = absl::Milliseconds(500);
  absl::Duration store_retry_max = absl::Seconds(5);

  // A refreshed pair younger than this is not refreshed when Shopee rejects its token: the cause is
  // elsewhere, and each refresh consumes a token.
  absl::Duration rejected_age_min = absl::Minutes(1);

  // How long "authorization required" or "no token" is cached before the store is read again; another process
  // may have stored a new pair. Shopee is not called.
  absl::Duration refusal_life = absl::Seconds(2);

  // How long the tombstone of a forgotten subject is kept. A process that has not seen a record in the store
  // for half of this time does not restore it: the subject may have been forgotten meanwhile.
  absl::Duration tombstone_life = absl::Hours(24);
};

// Whether the access token may be handed out at `now`.
bool IsLive(const TokenRecord& record, absl::Time now, const RefreshPolicy& policy);

// When the access token of a pair issued at `now` expires, given the expiry that Shopee reported. An expiry
// in the past or in the next moments means that a clock is wrong. It is ignored, so that refreshes do not
// loop; Shopee rejects an expired token anyway.
absl::Time AccessExpiry(std::optional<absl::Time> reported, absl::Time now, const RefreshPolicy& policy);

// When to refresh the pair: before the access token expires for a shop in use, before the refresh token
// expires for an idle one. Spread by subject and generation, identically in every process.
// absl::InfiniteFuture(): never, since the pair cannot be refreshed.
absl::Time DueTime(const TokenRecord& record, bool in_use, const RefreshPolicy& policy);

// Whether to refresh the pair at `now`: from DueTime on. A pair dated further into the future than clocks may
// differ was refreshed while a clock was wrong, so its expiry is unknown: it is due too.
bool IsDue(const TokenRecord& record, bool in_use, absl::Time now, const RefreshPolicy& policy);

// The delay after the `failures`-th failure in a row, without jitter.
absl::Duration BackoffAfter(int failures, const RefreshPolicy& policy);

}  // namespace firstmile::tokens
