#include "tokens/refresher.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "errors/secret_parameters.h"
#include "text/clean_text.h"
#include "tokens/token_refusals.h"
#include "transport/waiter.h"

namespace firstmile::tokens {
namespace {

using transport::MonotonicTime;

// Refreshes whose end stays unclear, before the callers are told.
constexpr int kUnclearMax = 2;

// Bytes of the platform's text that a quarantine keeps.
constexpr std::size_t kDetailMax = 300;

absl::Duration Since(MonotonicTime then, MonotonicTime now) {
  return absl::FromChrono(now - then);
}

Quarantine QuarantineAfter(const GrantAnswer& answer, int attempts, absl::Time now) {
  const std::string& code = answer.failure.vendor_code;
  const bool ended = absl::StrContains(code, "access_expired") || absl::StrContains(code, "no_link");
  const bool lost = !ended && attempts > 1;  // an earlier try may have been carried out
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
struct Refresher::Turn {
  Subject subject;
  Need need;
  std::optional<TokenRecord> known;
  RefreshProgress progress;
  std::stop_token stop;
  MonotonicTime give_up;

  Obtained end;
  bool over = false;
  int unclear = 0;
  MonotonicTime claimed_at;

  // The mark of another process, and since when it stands there unchanged. Wall times of other machines are
  // not to be trusted.
  Version watched = kAbsent;
  MonotonicTime watched_since;

  // It has lost the record, or went back to an older one.
  bool StoreIsBehind(const std::optional<TokenRecord>& read) const {
    if (!known.has_value() || known->version == kAbsent) return false;
    return !read.has_value() || read->generation < known->generation;
  }
  // It did not take the quarantine.
  bool StoreLacksQuarantine(const TokenRecord& read) const {
    return known.has_value() && known->quarantine.has_value() && !read.quarantine.has_value() &&
           known->generation == read.generation;
  }
  void Refuse(TokenRefusal refusal) {
    end.refusal = std::move(refusal);
    over = true;
  }
  std::optional<Version> DeadMark(const TokenRecord& record, MonotonicTime now, absl::Duration lease) {
    if (record.version != watched) {
      watched = record.version;
      watched_since = now;
    }
    if (Since(watched_since, now) < lease) return std::nullopt;
    return watched;
  }
};

async::Task<Obtained> Refresher::Obtain(Subject subject, Need need, std::optional<TokenRecord> known,
                                        RefreshProgress progress, std::stop_token stop) {
  Turn turn;
  turn.subject = subject;
  turn.need = std::move(need);
  turn.known = std::move(known);
  turn.progress = std::move(progress);
  turn.stop = std::move(stop);
  turn.give_up = loop_.clock().Monotonic() + absl::ToChronoNanoseconds(policy_.obtain_max);
  while (!turn.over) {
    std::optional<TokenRecord> record = co_await ReadOrRestore(turn);
    if (!record.has_value()) continue;
    turn.end.record = record;
    const bool claimed = co_await TakeTurn(turn, *std::move(record));
    if (claimed) co_await Renew(turn, *turn.end.record);
  }
  co_return std::move(turn.end);
}

async::Task<std::optional<TokenRecord>> Refresher::ReadOrRestore(Turn& turn) {
  auto read = co_await store_.Run(loop_, [this, subject = turn.subject] { return ledger_.Read(subject); });
  if (!read.ok()) {
    turn.Refuse(StoreTrouble(turn.subject, read.status()));
    co_return std::nullopt;
  }
  const bool forgotten = read->has_value() && (*read)->forgotten;
  if (!forgotten && turn.StoreIsBehind(*read)) co_return co_await Restore(turn);
  if (!forgotten && read->has_value()) co_return *std::move(read);
  turn.end.record.reset();
  turn.Refuse(UnknownSubject(turn.subject));
  co_return std::nullopt;
}

// The store has lost what this process still knows.
async::Task<std::optional<TokenRecord>> Refresher::Restore(Turn& turn) {
  auto restored = co_await store_.Run(loop_, [this, known = *turn.known] { return ledger_.Restore(known); });
  if (restored.ok()) {
    if (turn.progress.restored) turn.progress.restored(*restored);
    if (!restored->forgotten) co_return *std::move(restored);
    co_return std::nullopt;  // reads again
  }
  turn.Refuse(StoreTrouble(turn.subject, restored.status()));
  co_return std::nullopt;
}

std::optional<TokenRefusal> Refresher::Unrenewable(const Turn& turn, const TokenRecord& record) const {
  if (record.quarantine.has_value()) return AuthorizationRequired(record, authorization_url_);
  if (record.pair.refresh_token.empty()) return NotRenewable(turn.subject);
  const absl::Duration age = loop_.clock().Now() - record.obtained;
  const bool fresh = record.refreshed && age >= absl::ZeroDuration() && age < policy_.rejected_age_min;
  if (turn.need.rejected.has_value() && fresh) return FreshTokenRejected(turn.subject);
  return std::nullopt;
}

// True when this process may refresh now; else either the turn is over or the record is to be read again.
async::Task<bool> Refresher::TakeTurn(Turn& turn, TokenRecord record) {
  if (turn.need.IsMetBy(record, loop_.clock().Now(), policy_)) {
    turn.over = true;
    co_return false;
  }
  if (turn.StoreLacksQuarantine(record)) {
    Quarantine missed = *std::exchange(turn.known->quarantine, std::nullopt);
    co_await SetAside(turn, std::move(record), std::move(missed));
    co_return false;
  }
  std::optional<TokenRefusal> unrenewable = Unrenewable(turn, record);
  if (unrenewable.has_value()) {
    turn.Refuse(*std::move(unrenewable));
    co_return false;
  }
  co_return co_await Claim(turn, record);
}

async::Task<bool> Refresher::Claim(Turn& turn, const TokenRecord& record) {
  const MonotonicTime now = loop_.clock().Monotonic();
  const std::optional<Version> dead = turn.DeadMark(record, now, policy_.lease);
  turn.claimed_at = now;
  auto claim = co_await store_.Run(
      loop_, [this, subject = turn.subject, generation = record.generation, time = loop_.clock().Now(),
              dead] { return ledger_.ClaimRefresh(subject, generation, time, dead); });
  if (!claim.ok()) {
    turn.Refuse(StoreTrouble(turn.subject, claim.status()));
    co_return false;
  }
  turn.end.record = std::move(claim->record);
  if (claim->end == ClaimEnd::kClaimed) co_return true;
  if (claim->end == ClaimEnd::kMoved) co_return false;
  if (loop_.clock().Monotonic() >= turn.give_up) {
    turn.Refuse(HeldByOthers(turn.subject));
    co_return false;
  }
  const bool waited = co_await Sleep(turn, policy_.poll);
  if (!waited) turn.Refuse(StoppedWaiting());
  co_return false;
}

async::Task<void> Refresher::Renew(Turn& turn, TokenRecord record) {
  // A process that slept since its claim may have lost it.
  const absl::Duration paused = Since(turn.claimed_at, loop_.clock().Monotonic());
  if (paused > policy_.lease / 2) {
    co_await ReturnClaim(turn, record.generation);
    co_return;
  }
  if (turn.progress.claimed) turn.progress.claimed(record);
  GrantAnswer answer = co_await client_.Refresh(turn.subject, record.pair.refresh_token);
  if (answer.is_of_another() && turn.progress.refused_grant) turn.progress.refused_grant(record);
  if (answer.end == GrantEnd::kGranted) {
    co_await Keep(turn, std::move(record), std::move(answer.grant));
  } else if (answer.end == GrantEnd::kRefused) {
    co_await GiveUp(turn, std::move(record), std::move(answer));
  } else if (answer.end == GrantEnd::kNotDone) {
    co_await GiveBack(turn, std::move(record), std::move(answer));
  } else if (++turn.unclear >= kUnclearMax) {
    turn.Refuse(RefreshFailed(turn.subject, answer));  // the mark stays: the next try is not the first
  } else {
    const bool waited = co_await Sleep(turn, policy_.second_try_after);
    if (!waited) turn.Refuse(StoppedWaiting());
  }
}

// Nothing was sent: the store answered too late.
async::Task<void> Refresher::ReturnClaim(Turn& turn, std::int64_t generation) {
  std::ignore = co_await store_.Run(
      loop_, [this, subject = turn.subject, generation] { return ledger_.Release(subject, generation); });
  if (loop_.clock().Monotonic() < turn.give_up) co_return;
  turn.Refuse(StoreTrouble(turn.subject, absl::UnavailableError("its answers come too late")));
}

// The old refresh token is spent: the new pair is offered to the store until it takes it, and nobody gets it
// before.
async::Task<void> Refresher::Keep(Turn& turn, TokenRecord record, codec::TokenGrant grant) {
  const absl::Time now = loop_.clock().Now();
  record.pair = {std::move(grant.access_token), std::move(grant.refresh_token)};
  record.generation += 1;
  record.obtained = now;
  record.access_expires = EndOfAccess(grant.expires, now, policy_);
  record.refresh_expires = now + policy_.refresh_life;
  record.refreshed = true;
  record.renewable = true;
  absl::Duration wait = policy_.second_try_after;
  for (bool last = false;;) {
    auto kept = co_await store_.Run(loop_, [this, record] { return ledger_.Commit(record); });
    if (kept.ok()) {
      const bool ours = kept->pair.refresh_token.Reveal() == record.pair.refresh_token.Reveal();
      if (ours && turn.progress.kept) turn.progress.kept(*kept);
      turn.end.record = *std::move(kept);
      co_return;  // the turn ends when the record is read again and meets the need
    }
    TokenRefusal trouble = StoreTrouble(turn.subject, kept.status());
    if (last) {
      turn.Refuse(std::move(trouble));
      co_return;
    }
    if (turn.progress.cannot_keep) turn.progress.cannot_keep(trouble);
    const bool waited = co_await Sleep(turn, wait);
    last = !waited;
    wait = std::min(wait * 2, policy_.store_retry_max);
  }
}

async::Task<void> Refresher::GiveUp(Turn& turn, TokenRecord record, GrantAnswer answer) {
  Quarantine quarantine = QuarantineAfter(answer, record.refresh->attempts, loop_.clock().Now());
  co_await SetAside(turn, std::move(record), std::move(quarantine));
}

async::Task<void> Refresher::SetAside(Turn& turn, TokenRecord record, Quarantine quarantine) {
  record.quarantine = std::move(quarantine);
  auto marked = co_await store_.Run(loop_, [this, record] {
    return ledger_.SetQuarantine(record.subject, record.generation, *record.quarantine);
  });
  if (marked.ok() && marked->has_value()) {
    const bool moved_on = (*marked)->generation != record.generation || !(*marked)->quarantine.has_value();
    if (moved_on) co_return;  // somebody else has a newer pair, or is about to
    record = **std::move(marked);
  }
  record.refresh.reset();
  turn.Refuse(AuthorizationRequired(record, authorization_url_));
  turn.end.record = std::move(record);
}

async::Task<void> Refresher::GiveBack(Turn& turn, TokenRecord record, GrantAnswer answer) {
  auto released =
      co_await store_.Run(loop_, [this, subject = record.subject, generation = record.generation] {
        return ledger_.Release(subject, generation);
      });
  if (released.ok()) turn.end.record = *std::move(released);
  turn.Refuse(RefreshFailed(turn.subject, answer));
}

async::Task<bool> Refresher::Sleep(Turn& turn, absl::Duration time) {
  const MonotonicTime due = loop_.clock().Monotonic() + absl::ToChronoNanoseconds(time);
  co_return co_await transport::SleepUntil(loop_, due, turn.stop);
}

}  // namespace firstmile::tokens
