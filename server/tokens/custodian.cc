#include "tokens/custodian.h"

#include <algorithm>

#include "tokens/token_refusals.h"

namespace firstmile::tokens {
namespace {

using transport::MonotonicTime;

// More than the clocks of processes that share a store may differ.
constexpr absl::Duration kClockDifferenceMax = absl::Hours(1);

}  // namespace

absl::string_view NameOf(Transition transition) {
  switch (transition) {
    case Transition::kAuthorized:
      return "authorized";
    case Transition::kRefreshStarted:
      return "refresh_started";
    case Transition::kRefreshed:
      return "refreshed";
    case Transition::kRefreshFailed:
      return "refresh_failed";
    case Transition::kGrantRefused:
      return "grant_refused";
    case Transition::kQuarantined:
      return "quarantined";
    case Transition::kForgotten:
      return "forgotten";
    case Transition::kRestored:
      return "restored";
    case Transition::kAuthorizationEnding:
      return "authorization_ending";
  }
  return "";
}

// One run of the refresh protocol, and who waits for it.
struct Custodian::Flight {
  std::vector<transport::Waiter*> waiting;

  // A person has brought a pair, or had the subject forgotten, since the flight began: what it ends with may
  // be older than that.
  bool overtaken = false;

  void Wake() {
    for (transport::Waiter* waiter : std::exchange(waiting, {})) waiter->Set();
  }
};

struct Custodian::Entry {
  std::optional<TokenRecord> record;    // the last that was seen; its pair is durable
  std::shared_ptr<Flight> flight;       // null: none is under way
  std::optional<TokenRefusal> refusal;  // of the last flight; stands until `again`
  MonotonicTime again;
  int failures = 0;  // flights in a row that ended with a refusal
  absl::Time used = absl::InfinitePast();
};

Custodian::Custodian(const CustodyContext& context, transport::EventLoop& loop,
                     transport::HttpTransport& transport)
    : context_(context),
      loop_(loop),
      client_(context.auth, loop, transport, context.signer),
      refresher_(context.ledger, context.store, context.policy, client_, loop, context.authorization_url) {}

Custodian::~Custodian() = default;

async::Task<TokenAnswer> Custodian::Get(std::int64_t shop_id, std::stop_token stop) {
  Entry& entry = EntryOf(Shop(shop_id));
  const absl::Time now = loop_.clock().Now();
  entry.used = now;
  if (entry.record.has_value() && IsLive(*entry.record, now, context_.policy)) {
    co_return TokenAnswer{entry.record->pair.access_token, std::nullopt};
  }
  co_return co_await Await(Shop(shop_id), {}, std::move(stop));
}

async::Task<TokenAnswer> Custodian::Replace(std::int64_t shop_id, secrets::Secret rejected,
                                            std::stop_token stop) {
  Need need;
  need.rejected = std::move(rejected);
  co_return co_await Await(Shop(shop_id), std::move(need), std::move(stop));
}

async::Task<TokenAnswer> Custodian::RefreshNow(Subject subject, std::stop_token stop) {
  Entry& entry = EntryOf(subject);
  entry.again = {};
  entry.refusal.reset();
  auto read = co_await context_.store.Run(loop_, [this, subject] { return context_.ledger.Read(subject); });
  if (!read.ok()) co_return TokenAnswer{{}, StoreTrouble(subject, read.status())};
  Need need;
  if (read->has_value()) need.beyond_generation = (*read)->generation;
  co_return co_await Await(subject, std::move(need), std::move(stop));
}

async::Task<TokenAnswer> Custodian::Await(Subject subject, Need need, std::stop_token stop) {
  for (;;) {
    Entry& entry = EntryOf(subject);
    if (entry.record.has_value() && need.IsMetBy(*entry.record, loop_.clock().Now(), context_.policy)) {
      co_return TokenAnswer{entry.record->pair.access_token, std::nullopt};
    }
    std::optional<TokenRefusal> standing = StandingRefusal(entry);
    if (standing.has_value()) co_return TokenAnswer{{}, std::move(standing)};
    if (closing_.stop_requested()) co_return TokenAnswer{{}, StoppedWaiting()};
    if (entry.flight == nullptr) Launch(subject, entry, need);

    const std::shared_ptr<Flight> flight = entry.flight;
    if (flight == nullptr) continue;  // it has landed already
    transport::Waiter waiter(loop_, stop);
    flight->waiting.push_back(&waiter);
    const bool landed = co_await waiter;
    std::erase(flight->waiting, &waiter);
    if (!landed) co_return TokenAnswer{{}, StoppedWaiting()};
  }
}

Custodian::Entry& Custodian::EntryOf(Subject subject) {
  const auto found = entries_.find(subject);
  if (found != entries_.end()) return *found->second;
  if (entries_.size() >= tidy_at_) Tidy();
  return *entries_.emplace(subject, std::make_unique<Entry>()).first->second;
}

// Callers may ask for any number of shops that nobody knows.
void Custodian::Tidy() {
  const MonotonicTime now = loop_.clock().Monotonic();
  absl::erase_if(entries_, [now](const auto& known) {
    const Entry& entry = *known.second;
    const bool stands = entry.refusal.has_value() && now < entry.again;
    return !entry.record.has_value() && entry.flight == nullptr && !stands;
  });
  tidy_at_ = std::max(kTidyAt, entries_.size() * 2);
}

std::optional<TokenRefusal> Custodian::StandingRefusal(const Entry& entry) const {
  const MonotonicTime now = loop_.clock().Monotonic();
  if (!entry.refusal.has_value() || now >= entry.again) return std::nullopt;
  TokenRefusal refusal = *entry.refusal;
  const bool passes = refusal.retry_after.has_value() || refusal.code == errors::Code::kUnavailable;
  if (passes) refusal.retry_after = absl::FromChrono(entry.again - now);
  return refusal;
}

void Custodian::Launch(Subject subject, Entry& entry, Need need) {
  entry.flight = std::make_shared<Flight>();
  ++flying_;
  async::Detach(Fly(subject, std::move(need), entry.flight));
}

RefreshProgress Custodian::ProgressOf(Subject subject, const std::shared_ptr<Flight>& flight) {
  RefreshProgress progress;
  progress.restored = [this](const TokenRecord& record) {
    context_.events.On(Transition::kRestored, record, "");
  };
  progress.claimed = [this](const TokenRecord& record) {
    context_.events.On(Transition::kRefreshStarted, record, "");
  };
  progress.refused_grant = [this](const TokenRecord& record) {
    context_.events.On(Transition::kGrantRefused, record, kTokenOfAnotherSubject);
  };
  progress.kept = [this](const TokenRecord& record) {
    EntryOf(record.subject).refusal.reset();  // of a store that did not take the pair before
    context_.events.On(Transition::kRefreshed, record, "");
  };
  progress.cannot_keep = [this, subject, flight](const TokenRefusal& trouble) {
    // The new pair is in this process only: whoever waits is told, and nobody uses it yet.
    Entry& entry = EntryOf(subject);
    entry.refusal = trouble;
    entry.again = loop_.clock().Monotonic() + absl::ToChronoNanoseconds(context_.policy.store_retry_max);
    flight->Wake();
  };
  return progress;
}

async::Task<void> Custodian::Fly(Subject subject, Need need, std::shared_ptr<Flight> flight) {
  const std::optional<TokenRecord> known = EntryOf(subject).record;
  Obtained obtained =
      co_await refresher_.Obtain(subject, need, known, ProgressOf(subject, flight), closing_.get_token());
  const bool unknown = obtained.refusal.has_value() && obtained.refusal->reason == kNoAccessToken;
  std::optional<Obtained> configured;
  if (unknown) configured = Configured(subject, need);
  Land(subject, *flight, configured.has_value() ? *configured : obtained);
}

void Custodian::Land(Subject subject, Flight& flight, const Obtained& obtained) {
  Entry& entry = EntryOf(subject);
  if (!flight.overtaken) {
    TellEnd(subject, entry.record, obtained);
    Remember(entry, obtained);
  }
  entry.flight.reset();
  flight.Wake();
  if (--flying_ == 0 && closed_ != nullptr) closed_->Set();
}

// A shop that only the configuration knows is remembered as one whose token nobody renews.
std::optional<Obtained> Custodian::Configured(Subject subject, const Need& need) const {
  const auto configured = context_.configured.find(subject.id);
  if (subject.kind != SubjectKind::kShop || configured == context_.configured.end()) return std::nullopt;
  Obtained obtained;
  obtained.record.emplace();
  obtained.record->subject = subject;
  obtained.record->pair.access_token = configured->second;
  const bool met = need.IsMetBy(*obtained.record, loop_.clock().Now(), context_.policy);
  if (!met) obtained.refusal = NotRenewable(subject);
  return obtained;
}

void Custodian::Remember(Entry& entry, const Obtained& obtained) {
  if (obtained.record.has_value()) entry.record = obtained.record;
  entry.refusal = obtained.refusal;
  if (!obtained.refusal.has_value() || IsLasting(*obtained.refusal)) {
    entry.failures = 0;
  } else {
    ++entry.failures;
  }
  if (!obtained.refusal.has_value()) return;
  if (obtained.refusal->reason == kNoAccessToken) entry.record.reset();
  entry.again = loop_.clock().Monotonic() + absl::ToChronoNanoseconds(WaitAfter(entry));
}

// How long the refusal of the last flight stands.
absl::Duration Custodian::WaitAfter(const Entry& entry) {
  const TokenRefusal& refusal = *entry.refusal;
  if (refusal.code == errors::Code::kCancelled) return absl::ZeroDuration();
  if (IsLasting(refusal)) return context_.policy.verdict_life;
  const absl::Duration backoff =
      BackoffAfter(entry.failures, context_.policy) * absl::Uniform(random_, 1.0, 1.5);
  return std::max(backoff, refusal.retry_after.value_or(absl::ZeroDuration()));
}

void Custodian::TellEnd(Subject subject, const std::optional<TokenRecord>& before, const Obtained& obtained) {
  if (!obtained.refusal.has_value()) return;
  TokenRecord about;
  about.subject = subject;
  if (obtained.record.has_value()) about = *obtained.record;
  const TokenRefusal& refusal = *obtained.refusal;
  if (about.quarantine.has_value()) {
    const bool news = !before.has_value() || !before->quarantine.has_value();
    if (news) context_.events.On(Transition::kQuarantined, about, about.quarantine->reason);
  } else if (!IsLasting(refusal) && refusal.code != errors::Code::kCancelled) {
    context_.events.On(Transition::kRefreshFailed, about, refusal.reason);
  }
}

// A pair from the future was renewed while a clock was wrong: when it ends is not known.
bool Custodian::IsDue(const TokenRecord& stored, bool in_use) const {
  const absl::Time now = loop_.clock().Now();
  const absl::Time due = DueTime(stored, in_use, context_.policy);
  const bool from_future = stored.obtained > now + kClockDifferenceMax;
  return now >= due || (from_future && due != absl::InfiniteFuture());
}

bool Custodian::Notice(const TokenRecord& stored) {
  const auto found = entries_.find(stored.subject);
  Entry* const entry = found == entries_.end() ? nullptr : found->second.get();
  if (entry != nullptr) {
    if (entry->flight != nullptr) return false;
    if (entry->record.has_value() && entry->record->generation < stored.generation) {
      entry->record.reset();
      entry->refusal.reset();
    }
    if (entry->refusal.has_value() && loop_.clock().Monotonic() < entry->again) return false;
  }
  const bool in_use = entry != nullptr && entry->used >= stored.obtained;
  if (closing_.stop_requested() || !IsDue(stored, in_use)) return false;
  Need need;
  need.beyond_generation = stored.generation;
  Launch(stored.subject, EntryOf(stored.subject), std::move(need));
  return true;
}

async::Task<absl::StatusOr<TokenRecord>> Custodian::Adopt(TokenRecord record) {
  const Subject subject = record.subject;
  record.obtained = loop_.clock().Now();
  auto put = co_await context_.store.Run(loop_, [this, record] { return context_.ledger.Put(record); });
  if (!put.ok()) co_return put.status();
  Entry& entry = EntryOf(subject);
  entry.record = *put;
  entry.refusal.reset();
  if (entry.flight != nullptr) entry.flight->overtaken = true;
  entry.failures = 0;
  context_.events.On(Transition::kAuthorized, *put, "");
  co_return *std::move(put);
}

async::Task<absl::StatusOr<bool>> Custodian::Forget(Subject subject) {
  const absl::Time now = loop_.clock().Now();
  auto forgotten = co_await context_.store.Run(
      loop_, [this, subject, now] { return context_.ledger.Forget(subject, now); });
  if (!forgotten.ok() || !*forgotten) co_return forgotten;
  TokenRecord mark;
  mark.subject = subject;
  mark.forgotten = true;
  Entry& entry = EntryOf(subject);
  entry.record.reset();
  entry.refusal.reset();
  if (entry.flight != nullptr) entry.flight->overtaken = true;
  context_.events.On(Transition::kForgotten, mark, "");
  co_return true;
}

async::Task<void> Custodian::Close() {
  closing_.request_stop();
  if (flying_ == 0) co_return;
  transport::Waiter landed(loop_, std::stop_token());
  closed_ = &landed;
  co_await landed;
  closed_ = nullptr;
}

}  // namespace firstmile::tokens
