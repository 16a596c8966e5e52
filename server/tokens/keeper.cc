#include "tokens/keeper.h"

#include <tuple>

#include "transport/waiter.h"

namespace firstmile::tokens {
namespace {

// Records that one step reads, so that a large store does not hold its thread for long.
constexpr int kRecordsPerPage = 500;

// Of 100 rows each.
constexpr int kAuthorizationPagesMax = 1000;
constexpr absl::Duration kLearnAgainAfter = absl::Hours(1);

constexpr absl::Duration kWarnEvery = absl::Hours(24);

}  // namespace

async::Task<void> Keeper::Run(std::stop_token stop) {
  transport::EventLoop& loop = custodian_.loop();
  while (!stop.stop_requested()) {
    co_await Sweep(stop);
    if (any_ && loop.clock().Now() >= learn_due_) co_await LearnEnds(stop);
    const auto due = loop.clock().Monotonic() + absl::ToChronoNanoseconds(options_.sweep_every);
    co_await transport::SleepUntil(loop, due, stop);
  }
}

async::Task<void> Keeper::Sweep(std::stop_token stop) {
  std::string after;
  any_ = false;
  do {
    auto page = co_await context_.store.Run(
        custodian_.loop(), [this, after] { return context_.ledger.List(after, kRecordsPerPage); });
    if (!page.ok()) co_return;
    for (TokenRecord& record : page->records) {
      if (stop.stop_requested()) co_return;
      if (!owns_(record.subject)) continue;
      any_ = any_ || !record.forgotten;
      co_await LookAt(std::move(record), stop);
    }
    after = page->next;
  } while (!after.empty());
}

async::Task<void> Keeper::LearnEnds(std::stop_token stop) {
  const bool shops = co_await LearnEndsOf(SubjectKind::kShop, stop);
  const bool merchants = co_await LearnEndsOf(SubjectKind::kMerchant, stop);
  const absl::Duration pause = shops && merchants ? options_.learn_ends_every : kLearnAgainAfter;
  learn_due_ = custodian_.loop().clock().Now() + pause;
}

// False when the platform could not be asked to the end.
async::Task<bool> Keeper::LearnEndsOf(SubjectKind kind, std::stop_token stop) {
  for (int page_no = 1; page_no <= kAuthorizationPagesMax; ++page_no) {
    const AuthClient::AuthorizationPage page =
        co_await custodian_.client().ListAuthorizations(kind, page_no, stop);
    if (!page.complete) co_return false;
    for (const codec::Authorization& row : page.rows) {
      const Subject subject{kind, row.id};
      if (!owns_(subject)) continue;
      // What fails here is tried again the next time.
      std::ignore = co_await context_.store.Run(custodian_.loop(), [this, subject, end = row.expires] {
        return context_.ledger.SetAuthorizationEnd(subject, end);
      });
    }
    if (!page.more) co_return true;
  }
  co_return true;
}

async::Task<void> Keeper::LookAt(TokenRecord record, std::stop_token stop) {
  transport::EventLoop& loop = custodian_.loop();
  if (record.needs_resealing || IsOutdatedMark(record)) {
    // What fails here is tried again at the next sweep.
    std::ignore = co_await context_.store.Run(loop, [this, record, outdated = IsOutdatedMark(record)] {
      return outdated ? context_.ledger.Purge(record) : context_.ledger.Reseal(record.subject);
    });
    co_return;
  }
  WarnOfEnd(record);
  if (!custodian_.Notice(record)) co_return;
  const auto next =
      loop.clock().Monotonic() + absl::ToChronoNanoseconds(absl::Seconds(1) / options_.starts_per_second);
  co_await transport::SleepUntil(loop, next, stop);
}

bool Keeper::IsOutdatedMark(const TokenRecord& record) const {
  return record.forgotten && record.obtained + options_.forgotten_life < custodian_.loop().clock().Now();
}

void Keeper::WarnOfEnd(const TokenRecord& record) {
  const absl::Time now = custodian_.loop().clock().Now();
  if (record.forgotten || record.authorization_expires > now + options_.authorization_warning) return;
  absl::Time& warned = warned_.try_emplace(record.subject, absl::InfinitePast()).first->second;
  if (now < warned + kWarnEvery) return;
  warned = now;
  context_.events.On(Transition::kAuthorizationEnding, record,
                     absl::FormatTime(record.authorization_expires));
}

}  // namespace firstmile::tokens
