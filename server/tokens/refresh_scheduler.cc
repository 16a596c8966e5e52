#include "tokens/refresh_scheduler.h"

#include <tuple>

#include "transport/stoppable_event.h"

namespace firstmile::tokens {
namespace {

// Records that one step reads, so that a large store does not block its thread for long.
constexpr int kRecordsPerPage = 500;

// Of 100 rows each.
constexpr int kAuthorizationPagesMax = 1000;
constexpr absl::Duration kLearnAgainAfter = absl::Hours(1);

constexpr absl::Duration kWarnEvery = absl::Hours(24);

}  // namespace

async::Task<void> RefreshScheduler::Run(std::stop_token stop) {
  transport::EventLoop& loop = token_manager_.loop();
  while (!stop.stop_requested()) {
    co_await ScanStore(stop);
    if (any_ && loop.clock().Monotonic() >= fetch_expiries_due_) co_await FetchAuthorizationExpiries(stop);
    const auto due = loop.clock().Monotonic() + absl::ToChronoNanoseconds(options_.scan_every);
    co_await transport::SleepUntil(loop, due, stop);
  }
}

async::Task<void> RefreshScheduler::ScanStore(std::stop_token stop) {
  std::string after;
  TokenManager::Listed listed;
  any_ = false;
  do {
    auto page = co_await context_.store.Run(
        token_manager_.loop(), [this, after] { return context_.repository.List(after, kRecordsPerPage); });
    if (!page.ok()) co_return;
    for (TokenRecord& record : page->records) {
      if (stop.stop_requested()) co_return;
      if (!owns_(record.subject)) continue;
      any_ = any_ || !record.forgotten;
      listed.emplace(record.subject, record.generation);
      co_await HandleRecord(std::move(record), stop);
    }
    after = page->next;
  } while (!after.empty());
  for (TokenRecord& lost : token_manager_.LostBy(listed)) {
    if (stop.stop_requested()) co_return;
    co_await token_manager_.PutBack(std::move(lost));
  }
}

async::Task<void> RefreshScheduler::FetchAuthorizationExpiries(std::stop_token stop) {
  const bool shops = co_await FetchAuthorizationExpiriesOf(SubjectKind::kShop, stop);
  const bool merchants = co_await FetchAuthorizationExpiriesOf(SubjectKind::kMerchant, stop);
  const absl::Duration pause = shops && merchants ? options_.fetch_expiries_every : kLearnAgainAfter;
  fetch_expiries_due_ = token_manager_.loop().clock().Monotonic() + absl::ToChronoNanoseconds(pause);
}

// Returns false when not all pages could be read.
async::Task<bool> RefreshScheduler::FetchAuthorizationExpiriesOf(SubjectKind kind, std::stop_token stop) {
  for (int page_no = 1; page_no <= kAuthorizationPagesMax; ++page_no) {
    const AuthClient::AuthorizationPage page =
        co_await token_manager_.client().ListAuthorizations(kind, page_no, stop);
    if (!page.complete) co_return false;
    for (const codec::Authorization& row : page.rows) {
      const Subject subject{kind, row.id};
      if (!owns_(subject)) continue;
      std::ignore = co_await context_.store.Run(token_manager_.loop(), [this, subject, end = row.expires] {
        return context_.repository.SetAuthorizationEnd(subject, end);
      });
    }
    if (!page.more) co_return true;
  }
  co_return true;
}

async::Task<void> RefreshScheduler::HandleRecord(TokenRecord record, std::stop_token stop) {
  transport::EventLoop& loop = token_manager_.loop();
  const bool changed = co_await CleanUp(record);
  if (changed) co_return;
  WarnOfEnd(record);
  if (!token_manager_.ObserveStoredRecord(record)) co_return;
  const auto next =
      loop.clock().Monotonic() + absl::ToChronoNanoseconds(absl::Seconds(1) / options_.starts_per_second);
  co_await transport::SleepUntil(loop, next, stop);
}

// Failures are retried at the next scan. Returns true when the record has changed.
async::Task<bool> RefreshScheduler::CleanUp(const TokenRecord& record) {
  transport::EventLoop& loop = token_manager_.loop();
  if (IsOutdatedTombstone(record)) {
    std::ignore =
        co_await context_.store.Run(loop, [this, record] { return context_.repository.Purge(record); });
    co_return true;
  }
  if (!NeedsReencryption(record)) co_return false;
  const absl::Status reencrypted = co_await context_.store.Run(
      loop, [this, subject = record.subject] { return context_.repository.Reencrypt(subject); });
  if (reencrypted.ok()) reencrypted_[record.subject] = record.generation;
  co_return true;
}

bool RefreshScheduler::NeedsReencryption(const TokenRecord& record) const {
  if (!record.needs_reencryption) return false;
  const auto done = reencrypted_.find(record.subject);
  return done == reencrypted_.end() || done->second != record.generation;
}

bool RefreshScheduler::IsOutdatedTombstone(const TokenRecord& record) const {
  return record.forgotten &&
         record.obtained + context_.policy.tombstone_life < token_manager_.loop().clock().Now();
}

void RefreshScheduler::WarnOfEnd(const TokenRecord& record) {
  const transport::Clock& clock = token_manager_.loop().clock();
  if (record.forgotten || record.authorization_expires > clock.Now() + options_.authorization_warning) return;
  transport::MonotonicTime& again = warn_again_[record.subject];
  if (clock.Monotonic() < again) return;
  again = clock.Monotonic() + absl::ToChronoNanoseconds(kWarnEvery);
  context_.events.On(TokenEvent::kAuthorizationEnding, record,
                     absl::FormatTime(record.authorization_expires));
}

}  // namespace firstmile::tokens
