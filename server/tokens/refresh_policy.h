// When a pair is to be renewed, and the times of the refresh protocol.
//
// Pure functions over plain values; safe from any thread.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "tokens/token_record.h"

namespace firstmile::tokens {

struct RefreshPolicy {
  // An access token that ends sooner than this is not given out: a call must be able to finish with it.
  absl::Duration access_margin = absl::Minutes(1);

  // Part of an access token's life after which the pair of a shop in use is renewed; drawn for each pair
  // between the two.
  double ahead_from = 0.70;
  double ahead_to = 0.85;

  // The same for a shop that nobody uses, as part of the refresh token's life.
  double idle_from = 0.50;
  double idle_to = 0.85;

  // Lives that the platform documents, for answers that do not tell.
  absl::Duration access_life = absl::Hours(4);
  absl::Duration refresh_life = absl::Hours(30 * 24);

  // How long a mark of another process must stand unchanged before its owner counts as dead. Longer than one
  // request takes.
  absl::Duration lease = absl::Seconds(15);

  // How often a process that waits for another one's refresh looks.
  absl::Duration poll = absl::Milliseconds(100);

  // Longest wait for a token that others refresh.
  absl::Duration obtain_max = absl::Seconds(60);

  // Waits after a failed refresh, doubled each time.
  absl::Duration backoff_initial = absl::Seconds(1);
  absl::Duration backoff_max = absl::Minutes(5);

  // Before the second try of a refresh whose answer was lost, and before a store that failed is asked again.
  absl::Duration second_try_after = absl::Milliseconds(500);
  absl::Duration store_retry_max = absl::Seconds(5);

  // A pair younger than this that came from a refresh is not renewed because a call was refused: the refusal
  // is about something else, and each refresh spends a token.
  absl::Duration rejected_age_min = absl::Minutes(1);

  // How long the outcome "a person is needed" or "no token is known" is trusted before the store is asked
  // again; another process may know more. The platform is not asked.
  absl::Duration verdict_life = absl::Seconds(2);
};

// Can the access token be given out at `now`?
bool IsLive(const TokenRecord& record, absl::Time now, const RefreshPolicy& policy);

// When the access token of a pair that was issued at `now` ends, by what the platform `told`. An end that has
// passed already or is about to says that a clock is wrong: it counts as not told, so that one refresh does
// not lead to the next. The platform refuses a token that has ended all the same.
absl::Time EndOfAccess(std::optional<absl::Time> told, absl::Time now, const RefreshPolicy& policy);

// When to renew the pair: ahead of its access token's end for a shop in use, ahead of its refresh token's end
// for an idle one. Spread by the subject and the generation, the same in every process.
// absl::InfiniteFuture(): never, since nobody can.
absl::Time DueTime(const TokenRecord& record, bool in_use, const RefreshPolicy& policy);

// The wait after the `failures`-th failure in a row, without jitter.
absl::Duration BackoffAfter(int failures, const RefreshPolicy& policy);

}  // namespace firstmile::tokens
