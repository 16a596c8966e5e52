#include "tokens/refresher.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "errors/secret_parameters.h"
#include "text/clean_text.h"
#include "tokens/token_refusals.h"
#include "transport/stoppable_event.h"

namespace firstmile::tokens {
namespace {

using transport::MonotonicTime;

// Refreshes with an unknown outcome before callers get the error.
constexpr int kUnclearMax = 2;

// Most bytes of Shopee's text that AuthorizationRequirement keeps.
constexpr std::size_t kDetailMax = 300;

absl::Duration Since(MonotonicTime then, MonotonicTime now) {
  return absl::FromChrono(now - then);
}

TokenRefusal StoreTooSlow(Subject subject) {
  return StoreFailed(subject, absl::UnavailableError("it answered too late"));
}

AuthorizationRequirement RequirementAfter(const GrantAnswer& answer, int attempts, absl::Time now) {
  const std::string& code = answer.failure.vendor_code;
  const bool ended = answer.authorization_ended;
  const bool lost = !ended && attempts > 1;  // an earlier attempt may have been applied
  return {.reason = ended  ? "AUTHORIZATION_ENDED"
                    : lost ? "REFRESH_ANSWER_LOST"
                           : "REFRESH_TOKEN_REFUSED",
          .detail = text::CleanText(
              errors::WithoutSecretParameters(absl::StrCat(code, ": ", answer.failure.vendor_message)),
              kDetailMax),
          .since = now};
}

}  // namespace

bool Need::IsMetBy(const TokenRecord& record, absl::Time now, const RefreshPolicy& policy) const {
  if (beyond_generation.has_value() && record.generation <= *beyond_generation) return false;
  if (rejected.has_value() && record.pair.access_token.Reveal() == rejected->Reveal()) return false;
  return IsLive(record, now, policy);
}

// The state of one Obtain.
struct Refresher::RefreshAttempt {
  Subject subject;
  Need need;
  std::optional<TokenRecord> known;
  RefreshProgress progress;
  std::stop_token stop;
  MonotonicTime deadline;

  ObtainResult result;
  bool done = false;
  int unclear = 0;
  std::optional<transport::SemaphorePermit> permit;  // for token calls; held from before the claim
  MonotonicTime claimed_at;

  // The version of another process's lease, and since when it has been unchanged. Timestamps of other
  // machines are not trusted.
  Version watched = kAbsent;
  MonotonicTime watched_since;

  // The store has lost the record or has an older one.
  bool StoreIsBehind(const std::optional<TokenRecord>& read) const {
    if (!known.has_value() || known->version == kAbsent) return false;
    return !read.has_value() || read->generation < known->generation;
  }
  // The store did not take the authorization requirement.
  bool StoreLacksAuthorizationRequired(const TokenRecord& read) const {
    return known.has_value() && known->authorization_required.has_value() &&
           !read.authorization_required.has_value() && known->generation == read.generation;
  }
  void Refuse(TokenRefusal refusal) {
    result.refusal = std::move(refusal);
    done = true;
  }
  std::optional<Version> ExpiredLease(const TokenRecord& record, MonotonicTime now, absl::Duration lease) {
    if (record.version != watched) {
      watched = record.version;
      watched_since = now;
    }
    if (Since(watched_since, now) < lease) return std::nullopt;
    return watched;
  }
};

async::Task<ObtainResult> Refresher::Obtain(Subject subject, Need need, std::optional<TokenRecord> known,
                                            RefreshProgress progress, std::stop_token stop) {
  RefreshAttempt attempt;
  attempt.subject = subject;
  attempt.need = std::move(need);
  attempt.known = std::move(known);
  attempt.progress = std::move(progress);
  attempt.stop = std::move(stop);
  attempt.deadline = loop_.clock().Monotonic() + absl::ToChronoNanoseconds(policy_.obtain_max);
  while (!attempt.done) {
    std::optional<TokenRecord> record = co_await ReadOrRestore(attempt);
    if (!record.has_value()) continue;
    attempt.result.record = record;
    const bool claimed = co_await ClaimUnlessMet(attempt, *std::move(record));
    if (claimed) co_await Refresh(attempt, *attempt.result.record);
  }
  co_return std::move(attempt.result);
}

async::Task<std::optional<TokenRecord>> Refresher::ReadOrRestore(RefreshAttempt& attempt) {
  auto read =
      co_await store_.Run(loop_, [this, subject = attempt.subject] { return repository_.Read(subject); });
  if (!read.ok()) {
    attempt.Refuse(StoreFailed(attempt.subject, read.status()));
    co_return std::nullopt;
  }
  if (attempt.StoreIsBehind(*read)) co_return co_await Restore(attempt);
  const bool forgotten = read->has_value() && (*read)->forgotten;
  if (!forgotten && read->has_value()) co_return *std::move(read);
  attempt.result.record.reset();
  if (forgotten) attempt.result.tombstone = *std::move(read);
  attempt.Refuse(UnknownSubject(attempt.subject));
  co_return std::nullopt;
}

// Restores the record that the store has lost.
async::Task<std::optional<TokenRecord>> Refresher::Restore(RefreshAttempt& attempt) {
  auto restored =
      co_await store_.Run(loop_, [this, known = *attempt.known] { return repository_.Restore(known); });
  if (restored.ok()) {
    if (restored->record.forgotten) co_return std::nullopt;  // read it again
    if (restored->written && attempt.progress.restored) attempt.progress.restored(restored->record);
    co_return std::move(restored->record);
  }
  attempt.Refuse(StoreFailed(attempt.subject, restored.status()));
  co_return std::nullopt;
}

std::optional<TokenRefusal> Refresher::Unrenewable(const RefreshAttempt& attempt,
                                                   const TokenRecord& record) const {
  if (record.authorization_required.has_value()) return AuthorizationRequired(record, authorization_url_);
  if (record.pair.refresh_token.empty()) return NotRenewable(attempt.subject);
  const absl::Duration age = loop_.clock().Now() - record.obtained;
  const bool fresh = record.refreshed && age >= absl::ZeroDuration() && age < policy_.rejected_age_min;
  if (attempt.need.rejected.has_value() && fresh)
    return FreshTokenRejected(attempt.subject, policy_.rejected_age_min - age);
  return std::nullopt;
}

// Returns true when this process may refresh now. Otherwise the attempt is over, or the record must be read
// again.
async::Task<bool> Refresher::ClaimUnlessMet(RefreshAttempt& attempt, TokenRecord record) {
  if (attempt.need.IsMetBy(record, loop_.clock().Now(), policy_)) {
    attempt.done = true;
    co_return false;
  }
  if (attempt.StoreLacksAuthorizationRequired(record)) {
    AuthorizationRequirement missed = *std::exchange(attempt.known->authorization_required, std::nullopt);
    co_await StoreRequirement(attempt, std::move(record), std::move(missed));
    co_return false;
  }
  std::optional<TokenRefusal> unrenewable = Unrenewable(attempt, record);
  if (unrenewable.has_value()) {
    attempt.Refuse(*std::move(unrenewable));
    co_return false;
  }
  co_return co_await Claim(attempt, record);
}

async::Task<bool> Refresher::Claim(RefreshAttempt& attempt, const TokenRecord& record) {
  const MonotonicTime now = loop_.clock().Monotonic();
  const std::optional<Version> dead = attempt.ExpiredLease(record, now, policy_.lease);
  if (repository_.LeasedByAnother(record) && !dead.has_value()) {
    co_await WaitForOtherProcess(attempt);
    co_return false;
  }
  // Before the claim, whose lease would age in a queue.
  const bool entered = co_await Enter(attempt);
  if (!entered) co_return false;
  attempt.claimed_at = loop_.clock().Monotonic();
  auto claim = co_await store_.Run(
      loop_, [this, subject = attempt.subject, generation = record.generation, time = loop_.clock().Now(),
              dead] { return repository_.ClaimRefresh(subject, generation, time, dead); });
  const bool claimed = claim.ok() && claim->end == ClaimEnd::kClaimed;
  if (!claimed) attempt.permit.reset();
  if (!claim.ok()) {
    attempt.Refuse(StoreFailed(attempt.subject, claim.status()));
    co_return false;
  }
  attempt.result.record = std::move(claim->record);
  if (claim->end == ClaimEnd::kHeld) co_await WaitForOtherProcess(attempt);
  co_return claimed;
}

async::Task<bool> Refresher::Enter(RefreshAttempt& attempt) {
  attempt.permit = co_await client_.Enter(attempt.deadline, attempt.stop);
  if (attempt.permit.has_value()) co_return true;
  attempt.Refuse(attempt.stop.stop_requested() ? StoppedWaiting() : TooManyTokenCalls(attempt.subject));
  co_return false;
}

async::Task<void> Refresher::WaitForOtherProcess(RefreshAttempt& attempt) {
  if (loop_.clock().Monotonic() >= attempt.deadline) {
    attempt.Refuse(RefreshBusy(attempt.subject));
    co_return;
  }
  const bool waited = co_await Sleep(attempt, policy_.poll);
  if (!waited) attempt.Refuse(StoppedWaiting());
}

async::Task<void> Refresher::Refresh(RefreshAttempt& attempt, TokenRecord record) {
  // A process that was suspended after its claim may have lost the lease.
  const MonotonicTime send_by =
      attempt.claimed_at + absl::ToChronoNanoseconds(policy_.lease * policy_.send_within);
  if (loop_.clock().Monotonic() > send_by) {
    attempt.permit.reset();
    co_await ReleaseUnsentClaim(attempt, record.generation, StoreTooSlow(attempt.subject));
    co_return;
  }
  if (attempt.progress.claimed) attempt.progress.claimed(record);
  GrantAnswer answer = co_await client_.Refresh(attempt.subject, record.pair.refresh_token, send_by);
  attempt.permit.reset();
  if (answer.too_late) {
    co_await ReleaseUnsentClaim(attempt, record.generation, RefreshFailed(attempt.subject, answer));
    co_return;
  }
  if (answer.is_of_another() && attempt.progress.refused_grant) attempt.progress.refused_grant(record);
  if (answer.end == GrantEnd::kGranted) {
    attempt.result.request_id = answer.request_id;
    co_await StoreNewPair(attempt, std::move(record), std::move(answer.grant));
  } else if (answer.end == GrantEnd::kRefused) {
    co_await RequireAuthorization(attempt, std::move(record), std::move(answer));
  } else if (answer.end == GrantEnd::kNotApplied) {
    co_await ReleaseLease(attempt, std::move(record), std::move(answer));
  } else if (++attempt.unclear >= kUnclearMax) {
    // The lease stays, so that the next attempt counts as a repetition.
    attempt.Refuse(RefreshFailed(attempt.subject, answer));
  } else {
    const bool waited = co_await Sleep(attempt, policy_.second_try_after);
    if (!waited) attempt.Refuse(StoppedWaiting());
  }
}

// Nothing was sent: the claim was too old.
async::Task<void> Refresher::ReleaseUnsentClaim(RefreshAttempt& attempt, std::int64_t generation,
                                                TokenRefusal why) {
  std::ignore = co_await store_.Run(loop_, [this, subject = attempt.subject, generation] {
    return repository_.Release(subject, generation);
  });
  if (loop_.clock().Monotonic() < attempt.deadline) co_return;
  attempt.Refuse(std::move(why));
}

// The old refresh token is consumed: writes the new pair until the store accepts it. Callers get it only
// then.
async::Task<void> Refresher::StoreNewPair(RefreshAttempt& attempt, TokenRecord record,
                                          codec::TokenGrant grant) {
  const absl::Time now = loop_.clock().Now();
  record.pair = {std::move(grant.access_token), std::move(grant.refresh_token)};
  record.generation += 1;
  record.obtained = now;
  record.access_expires = AccessExpiry(grant.expires, now, policy_);
  record.refresh_expires = now + policy_.refresh_life;
  record.refreshed = true;
  record.renewable = true;
  absl::Duration wait = policy_.second_try_after;
  for (bool last = false;;) {
    auto stored = co_await store_.Run(loop_, [this, record] { return repository_.Commit(record); });
    if (stored.ok()) {
      const bool ours = stored->pair.refresh_token.Reveal() == record.pair.refresh_token.Reveal();
      if (ours && attempt.progress.stored) attempt.progress.stored(*stored);
      attempt.result.record = *std::move(stored);
      co_return;  // Obtain reads the record again, finds the need met and ends
    }
    TokenRefusal refusal = StoreFailed(attempt.subject, stored.status());
    if (last) {
      attempt.Refuse(std::move(refusal));
      co_return;
    }
    if (attempt.progress.store_failed) attempt.progress.store_failed(refusal);
    const bool waited = co_await Sleep(attempt, wait);
    last = !waited;
    wait = std::min(wait * 2, policy_.store_retry_max);
  }
}

async::Task<void> Refresher::RequireAuthorization(RefreshAttempt& attempt, TokenRecord record,
                                                  GrantAnswer answer) {
  AuthorizationRequirement authorization_required =
      RequirementAfter(answer, record.refresh->attempts, loop_.clock().Now());
  co_await StoreRequirement(attempt, std::move(record), std::move(authorization_required));
  if (attempt.result.refusal.has_value()) attempt.result.refusal->answer = std::move(answer.failure);
}

async::Task<void> Refresher::StoreRequirement(RefreshAttempt& attempt, TokenRecord record,
                                              AuthorizationRequirement authorization_required) {
  record.authorization_required = std::move(authorization_required);
  auto updated = co_await store_.Run(loop_, [this, record] {
    return repository_.SetAuthorizationRequired(record.subject, record.generation,
                                                *record.authorization_required);
  });
  if (updated.ok() && updated->has_value()) {
    const bool overtaken =
        (*updated)->generation != record.generation || !(*updated)->authorization_required.has_value();
    if (overtaken) co_return;  // another process has stored a newer pair or is about to
    record = **std::move(updated);
  }
  record.refresh.reset();
  attempt.Refuse(AuthorizationRequired(record, authorization_url_));
  attempt.result.record = std::move(record);
}

async::Task<void> Refresher::ReleaseLease(RefreshAttempt& attempt, TokenRecord record, GrantAnswer answer) {
  auto released =
      co_await store_.Run(loop_, [this, subject = record.subject, generation = record.generation] {
        return repository_.Release(subject, generation);
      });
  if (released.ok()) attempt.result.record = *std::move(released);
  attempt.Refuse(RefreshFailed(attempt.subject, answer));
}

async::Task<bool> Refresher::Sleep(RefreshAttempt& attempt, absl::Duration time) {
  const MonotonicTime due = loop_.clock().Monotonic() + absl::ToChronoNanoseconds(time);
  co_return co_await transport::SleepUntil(loop_, due, attempt.stop);
}

}  // namespace firstmile::tokens
