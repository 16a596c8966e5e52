#include "tokens/token_manager.h"

#include <algorithm>

#include "tokens/last_seen.h"
#include "tokens/token_refusals.h"

namespace firstmile::tokens {

using transport::MonotonicTime;

// One run of the refresh protocol and its waiting callers.
struct TokenManager::PendingRefresh {
  std::vector<transport::StoppableEvent*> waiting;
  std::string request_id;  // once finished: of Shopee's answer with the new pair

  // A new pair was stored or the subject was forgotten after this refresh began: its result may be older than
  // that.
  bool overtaken = false;

  void Wake() {
    for (transport::StoppableEvent* event : std::exchange(waiting, {})) event->Set();
  }
};

struct TokenManager::Entry {
  std::optional<TokenRecord> record;        // the last one seen; its pair is durable
  std::optional<TokenRecord> tombstone;     // the tombstone seen instead, without a pair
  LastSeen seen;                            // when either was last seen in the store
  std::shared_ptr<PendingRefresh> pending;  // null: no refresh is running
  std::optional<TokenRefusal> refusal;      // of the last refresh; valid until `again`
  MonotonicTime again;
  int failures = 0;  // refreshes in a row that failed
  absl::Time used = absl::InfinitePast();
};

TokenManager::TokenManager(const TokenContext& context, transport::EventLoop& loop,
                           transport::HttpTransport& transport)
    : context_(context),
      loop_(loop),
      client_(context.auth, loop, transport, context.signer),
      refresher_(context.repository, context.store, context.policy, client_, loop,
                 context.authorization_url) {}

TokenManager::~TokenManager() = default;

async::Task<TokenAnswer> TokenManager::Get(Subject subject, std::stop_token stop) {
  Entry& entry = EntryOf(subject);
  const absl::Time now = loop_.clock().Now();
  entry.used = now;
  if (entry.record.has_value() && IsLive(*entry.record, now, context_.policy)) {
    const bool check =
        IsInFile(subject, entry) && context_.configured.IsCheckDue(subject.id, loop_.clock().Monotonic());
    if (!check) co_return TokenAnswer{entry.record->pair.access_token, std::nullopt};
    co_await CheckTokenFile(subject, ConfiguredTokens::WhenBusy::kLater);
  }
  co_return co_await Await(subject, {}, std::move(stop));
}

async::Task<TokenAnswer> TokenManager::Replace(Subject subject, secrets::Secret rejected,
                                               std::stop_token stop) {
  if (IsInFile(subject, EntryOf(subject))) co_await CheckTokenFile(subject, ConfiguredTokens::WhenBusy::kNow);
  Need need;
  need.rejected = std::move(rejected);
  co_return co_await Await(subject, std::move(need), std::move(stop));
}

async::Task<TokenAnswer> TokenManager::RefreshNow(Subject subject, std::stop_token stop) {
  Entry& entry = EntryOf(subject);
  entry.again = {};
  entry.refusal.reset();
  auto read =
      co_await context_.store.Run(loop_, [this, subject] { return context_.repository.Read(subject); });
  if (!read.ok()) co_return TokenAnswer{{}, StoreFailed(subject, read.status())};
  Need need;
  const std::int64_t generation =
      std::max(read->has_value() ? (*read)->generation : 0, RestorableGeneration(subject));
  if (generation > 0) need.beyond_generation = generation;
  co_return co_await Await(subject, std::move(need), std::move(stop));
}

async::Task<TokenAnswer> TokenManager::Await(Subject subject, Need need, std::stop_token stop) {
  std::string request_id;
  for (;;) {
    Entry& entry = EntryOf(subject);
    if (entry.record.has_value() && need.IsMetBy(*entry.record, loop_.clock().Now(), context_.policy)) {
      co_return TokenAnswer{entry.record->pair.access_token, std::nullopt, std::move(request_id)};
    }
    std::optional<TokenRefusal> standing = StandingRefusal(entry);
    if (standing.has_value()) co_return TokenAnswer{{}, std::move(standing)};
    if (closing_.stop_requested()) co_return TokenAnswer{{}, StoppedWaiting()};
    if (entry.pending == nullptr) StartRefresh(subject, entry, need);

    const std::shared_ptr<PendingRefresh> pending = entry.pending;
    if (pending == nullptr) continue;  // it has finished already
    transport::StoppableEvent event(loop_, stop);
    pending->waiting.push_back(&event);
    const bool finished = co_await event;
    std::erase(pending->waiting, &event);
    if (!finished) co_return TokenAnswer{{}, StoppedWaiting()};
    request_id = pending->request_id;
  }
}

TokenManager::Entry& TokenManager::EntryOf(Subject subject) {
  const auto found = entries_.find(subject);
  if (found != entries_.end()) return *found->second;
  if (entries_.size() >= drop_empty_at_) DropEmptyEntries();
  return *entries_.emplace(subject, std::make_unique<Entry>()).first->second;
}

// Callers may ask for any number of unknown shops.
void TokenManager::DropEmptyEntries() {
  const MonotonicTime now = loop_.clock().Monotonic();
  absl::erase_if(entries_, [this, now](const auto& known) {
    const Entry& entry = *known.second;
    const bool stands = entry.refusal.has_value() && now < entry.again;
    const bool idle = entry.pending == nullptr && !stands;
    return !entry.record.has_value() && Restorable(entry) == nullptr && idle;
  });
  drop_empty_at_ = std::max(kDropEmptyAt, entries_.size() * 2);
}

std::optional<TokenRefusal> TokenManager::StandingRefusal(const Entry& entry) const {
  const MonotonicTime now = loop_.clock().Monotonic();
  if (!entry.refusal.has_value() || now >= entry.again) return std::nullopt;
  TokenRefusal refusal = *entry.refusal;
  const bool passes = refusal.retry_after.has_value() || refusal.code == errors::Code::kUnavailable;
  if (passes) refusal.retry_after = absl::FromChrono(entry.again - now);
  return refusal;
}

void TokenManager::StartRefresh(Subject subject, Entry& entry, Need need) {
  entry.pending = std::make_shared<PendingRefresh>();
  ++running_refreshes_;
  async::Detach(RunRefresh(subject, std::move(need), entry.pending));
}

RefreshProgress TokenManager::ProgressOf(Subject subject, const std::shared_ptr<PendingRefresh>& pending) {
  RefreshProgress progress;
  progress.restored = [this](const TokenRecord& record) {
    context_.events.On(TokenEvent::kRestored, record, "");
  };
  progress.claimed = [this](const TokenRecord& record) {
    context_.events.On(TokenEvent::kRefreshStarted, record, "");
  };
  progress.refused_grant = [this](const TokenRecord& record) {
    context_.events.On(TokenEvent::kGrantRefused, record, kTokenOfAnotherSubject);
  };
  progress.stored = [this](const TokenRecord& record) {
    EntryOf(record.subject).refusal.reset();  // from a store that did not accept the pair earlier
    context_.events.On(TokenEvent::kRefreshed, record, "");
  };
  progress.store_failed = [this, subject, pending](const TokenRefusal& trouble) {
    // The new pair exists only in this process: waiting callers get the error, and no call uses the pair yet.
    Entry& entry = EntryOf(subject);
    entry.refusal = trouble;
    entry.again = loop_.clock().Monotonic() + absl::ToChronoNanoseconds(context_.policy.store_retry_max);
    pending->Wake();
  };
  return progress;
}

async::Task<void> TokenManager::RunRefresh(Subject subject, Need need,
                                           std::shared_ptr<PendingRefresh> pending) {
  std::optional<TokenRecord> known;
  if (const TokenRecord* seen = Restorable(EntryOf(subject)); seen != nullptr) known = *seen;
  ObtainResult result =
      co_await refresher_.Obtain(subject, need, known, ProgressOf(subject, pending), closing_.get_token());
  const bool unknown = result.refusal.has_value() && result.refusal->reason == kNoAccessToken;
  std::optional<ObtainResult> configured;
  if (unknown) configured = co_await Configured(subject, need);
  if (configured.has_value()) configured->tombstone = result.tombstone;
  FinishRefresh(subject, *pending, configured.has_value() ? *configured : result);
}

void TokenManager::FinishRefresh(Subject subject, PendingRefresh& pending, const ObtainResult& result) {
  Entry& entry = EntryOf(subject);
  if (!pending.overtaken) {
    ReportEnd(subject, entry.record, result);
    Remember(entry, result);
  }
  entry.pending.reset();
  pending.request_id = result.request_id;
  pending.Wake();
  if (--running_refreshes_ == 0 && closed_ != nullptr) closed_->Set();
}

// A shop that only the configuration knows is remembered as one whose token the sidecar does not renew.
async::Task<std::optional<ObtainResult>> TokenManager::Configured(Subject subject, Need need) {
  if (subject.kind != SubjectKind::kShop) co_return std::nullopt;
  std::optional<secrets::Secret> token = context_.configured.Of(subject.id);
  const auto when_busy =
      need.rejected.has_value() ? ConfiguredTokens::WhenBusy::kNow : ConfiguredTokens::WhenBusy::kLater;
  if (context_.configured.IsInFile(subject.id)) token = co_await ReadTokenFile(subject.id, when_busy);
  if (!token.has_value()) co_return std::nullopt;
  ObtainResult result;
  result.record.emplace();
  result.record->subject = subject;
  result.record->pair.access_token = *std::move(token);
  if (!need.IsMetBy(*result.record, loop_.clock().Now(), context_.policy)) {
    result.refusal = NotRenewable(subject);
  }
  co_return result;
}

// Whether the remembered token came from a file of the configuration.
bool TokenManager::IsInFile(Subject subject, const Entry& entry) const {
  const bool configured = entry.record.has_value() && entry.record->version == kAbsent;
  return configured && subject.kind == SubjectKind::kShop && context_.configured.IsInFile(subject.id);
}

// On a store thread; the token as it was last read when those take no more work.
async::Task<std::optional<secrets::Secret>> TokenManager::ReadTokenFile(
    std::int64_t shop_id, ConfiguredTokens::WhenBusy when_busy) {
  auto token = co_await context_.store.Run(loop_, [this, shop_id, when_busy] {
    return absl::StatusOr<std::optional<secrets::Secret>>(context_.configured.Check(shop_id, when_busy));
  });
  if (!token.ok()) co_return context_.configured.Of(shop_id);
  co_return *std::move(token);
}

async::Task<void> TokenManager::CheckTokenFile(Subject subject, ConfiguredTokens::WhenBusy when_busy) {
  std::optional<secrets::Secret> token = co_await ReadTokenFile(subject.id, when_busy);
  Entry& entry = EntryOf(subject);
  if (!IsInFile(subject, entry)) co_return;
  if (token->Reveal() == entry.record->pair.access_token.Reveal()) co_return;
  entry.record->pair.access_token = *std::move(token);
  entry.refusal.reset();
}

void TokenManager::Remember(Entry& entry, const ObtainResult& result) {
  if (result.record.has_value()) {
    entry.record = result.record;
    if (entry.record->version != kAbsent) entry.seen.Now(loop_.clock());
  }
  entry.refusal = result.refusal;
  if (!result.refusal.has_value() || IsLasting(*result.refusal)) {
    entry.failures = 0;
  } else {
    ++entry.failures;
  }
  if (!result.refusal.has_value()) return;
  if (result.refusal->reason == kNoAccessToken) entry.record.reset();
  if (result.tombstone.has_value()) RememberTombstone(entry, *result.tombstone);
  entry.again = loop_.clock().Monotonic() + absl::ToChronoNanoseconds(WaitAfter(entry));
}

void TokenManager::RememberTombstone(Entry& entry, TokenRecord tombstone) {
  if (entry.record.has_value() && entry.record->version != kAbsent) entry.record.reset();
  entry.tombstone = std::move(tombstone);
  entry.seen.Now(loop_.clock());
}

// What the store holds as far as this loop knows. Null: nothing, or it was not seen for long. A token from
// the configuration was never stored.
const TokenRecord* TokenManager::Restorable(const Entry& entry) const {
  const RefreshPolicy& policy = context_.policy;
  if (entry.seen.Age(loop_.clock()) > policy.tombstone_life / 2) return nullptr;
  if (entry.record.has_value() && entry.record->version != kAbsent) return &*entry.record;
  const bool stands =
      entry.tombstone.has_value() && loop_.clock().Now() <= entry.tombstone->obtained + policy.tombstone_life;
  return stands ? &*entry.tombstone : nullptr;
}

std::int64_t TokenManager::RestorableGeneration(Subject subject) const {
  const auto found = entries_.find(subject);
  if (found == entries_.end()) return 0;
  const TokenRecord* const known = Restorable(*found->second);
  return known == nullptr ? 0 : known->generation;
}

// How long the refusal of the last refresh stays valid.
absl::Duration TokenManager::WaitAfter(const Entry& entry) {
  const TokenRefusal& refusal = *entry.refusal;
  if (refusal.code == errors::Code::kCancelled) return absl::ZeroDuration();
  if (IsLasting(refusal)) return context_.policy.refusal_life;
  const absl::Duration backoff =
      BackoffAfter(entry.failures, context_.policy) * absl::Uniform(random_, 1.0, 1.5);
  return std::max(backoff, refusal.retry_after.value_or(absl::ZeroDuration()));
}

void TokenManager::ReportEnd(Subject subject, const std::optional<TokenRecord>& before,
                             const ObtainResult& result) {
  if (!result.refusal.has_value()) return;
  TokenRecord about;
  about.subject = subject;
  if (result.record.has_value()) about = *result.record;
  const TokenRefusal& refusal = *result.refusal;
  if (about.authorization_required.has_value()) {
    const bool news = !before.has_value() || !before->authorization_required.has_value();
    if (news)
      context_.events.On(TokenEvent::kAuthorizationRequired, about, about.authorization_required->reason);
  } else if (!IsLasting(refusal) && refusal.code != errors::Code::kCancelled) {
    context_.events.On(TokenEvent::kRefreshFailed, about, refusal.reason);
  }
}

void TokenManager::Compare(Entry& entry, const TokenRecord& stored) {
  const std::optional<TokenRecord>& known = entry.record.has_value() ? entry.record : entry.tombstone;
  if (known.has_value() && known->generation < stored.generation) {
    entry.record.reset();
    entry.tombstone.reset();
    entry.refusal.reset();
  } else if (known.has_value() && known->generation == stored.generation) {
    entry.seen.Now(loop_.clock());
  }
  if (stored.forgotten && !entry.record.has_value()) RememberTombstone(entry, stored);
}

bool TokenManager::ObserveStoredRecord(const TokenRecord& stored) {
  const auto found = entries_.find(stored.subject);
  Entry* const entry = found == entries_.end() ? nullptr : found->second.get();
  if (entry != nullptr) {
    if (entry->pending != nullptr) return false;
    Compare(*entry, stored);
    if (entry->refusal.has_value() && loop_.clock().Monotonic() < entry->again) return false;
  }
  const bool in_use = entry != nullptr && entry->used >= stored.obtained;
  if (closing_.stop_requested() || !IsDue(stored, in_use, loop_.clock().Now(), context_.policy)) return false;
  Need need;
  need.beyond_generation = stored.generation;
  StartRefresh(stored.subject, EntryOf(stored.subject), std::move(need));
  return true;
}

std::vector<TokenRecord> TokenManager::LostBy(const Listed& listed) const {
  std::vector<TokenRecord> lost;
  for (const auto& [subject, entry] : entries_) {
    const TokenRecord* const known = Restorable(*entry);
    if (known == nullptr || entry->pending != nullptr) continue;
    const auto found = listed.find(subject);
    if (found == listed.end() || found->second < known->generation) lost.push_back(*known);
  }
  return lost;
}

async::Task<void> TokenManager::PutBack(TokenRecord lost) {
  auto put = co_await context_.store.Run(loop_, [this, lost] { return context_.repository.Restore(lost); });
  if (!put.ok()) co_return;
  if (put->written && !lost.forgotten) context_.events.On(TokenEvent::kRestored, put->record, "");
  const auto found = entries_.find(lost.subject);
  if (found != entries_.end()) Compare(*found->second, put->record);
}

async::Task<absl::StatusOr<TokenRecord>> TokenManager::StoreNewPair(TokenRecord record) {
  const Subject subject = record.subject;
  record.obtained = loop_.clock().Now();
  auto put = co_await context_.store.Run(loop_, [this, record] { return context_.repository.Put(record); });
  if (!put.ok()) co_return put.status();
  Entry& entry = EntryOf(subject);
  entry.record = *put;
  entry.tombstone.reset();
  entry.seen.Now(loop_.clock());
  entry.refusal.reset();
  if (entry.pending != nullptr) entry.pending->overtaken = true;
  entry.failures = 0;
  context_.events.On(TokenEvent::kAuthorized, *put, "");
  co_return *std::move(put);
}

async::Task<absl::StatusOr<bool>> TokenManager::Forget(Subject subject) {
  const absl::Time now = loop_.clock().Now();
  auto tombstone =
      co_await context_.store.Run(loop_, [this, subject, now, remembered = RestorableGeneration(subject)] {
        return context_.repository.Forget(subject, now, remembered);
      });
  if (!tombstone.ok()) co_return tombstone.status();
  if (!tombstone->has_value()) co_return false;
  Entry& entry = EntryOf(subject);
  entry.record.reset();
  RememberTombstone(entry, **tombstone);
  entry.refusal.reset();
  if (entry.pending != nullptr) entry.pending->overtaken = true;
  context_.events.On(TokenEvent::kForgotten, **tombstone, "");
  co_return true;
}

async::Task<void> TokenManager::Close() {
  closing_.request_stop();
  if (running_refreshes_ == 0) co_return;
  transport::StoppableEvent finished(loop_, std::stop_token());
  closed_ = &finished;
  co_await finished;
  closed_ = nullptr;
}

}  // namespace firstmile::tokens
