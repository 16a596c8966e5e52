// When pairs are due, and what a scan does with them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokens/refresh_scheduler.h"
#include "tokens/token_fixture.h"

namespace firstmile::testing {
namespace {

using tokens::DueTime;
using tokens::RefreshPolicy;
using tokens::TokenEvent;
using tokens::TokenRecord;

TokenRecord Fresh(std::int64_t shop, absl::Time now) {
  TokenRecord record;
  record.subject = tokens::Shop(shop);
  record.pair = {secrets::Secret("a"), secrets::Secret("r")};
  record.obtained = now;
  record.access_expires = now + absl::Hours(4);
  record.refresh_expires = now + absl::Hours(30 * 24);
  record.generation = 1;
  record.renewable = true;
  return record;
}

const absl::Time kNow = absl::FromUnixSeconds(1700000000);

TEST(DueTimeTest, AShopInUseIsRenewedAheadOfItsAccessTokensEnd) {
  const absl::Duration due = DueTime(Fresh(1, kNow), true, {}) - kNow;
  EXPECT_GE(due, absl::Hours(4) * 0.70);
  EXPECT_LE(due, absl::Hours(4) * 0.85);
}

TEST(DueTimeTest, AnIdleShopIsRenewedAheadOfItsRefreshTokensEnd) {
  const absl::Duration due = DueTime(Fresh(1, kNow), false, {}) - kNow;
  EXPECT_GE(due, absl::Hours(24 * 15));
  EXPECT_LE(due, absl::Hours(24 * 26));
}

TEST(DueTimeTest, AnEndThatIsNotKnownIsTakenFromTheDocuments) {
  TokenRecord record = Fresh(1, kNow);
  record.access_expires = absl::InfiniteFuture();
  record.refresh_expires = absl::InfiniteFuture();
  EXPECT_LE(DueTime(record, true, {}), kNow + absl::Hours(4) * 0.85);
  EXPECT_LE(DueTime(record, false, {}), kNow + absl::Hours(24 * 26));
}

TEST(DueTimeTest, APairThatCannotBeRefreshedIsNeverDue) {
  TokenRecord record = Fresh(1, kNow);
  record.renewable = false;
  EXPECT_EQ(DueTime(record, true, {}), absl::InfiniteFuture());
  record = Fresh(1, kNow);
  record.authorization_required = tokens::AuthorizationRequirement{};
  EXPECT_EQ(DueTime(record, true, {}), absl::InfiniteFuture());
  record = Fresh(1, kNow);
  record.forgotten = true;
  EXPECT_EQ(DueTime(record, true, {}), absl::InfiniteFuture());
}

TEST(DueTimeTest, ShopsThatCameTogetherAreSpreadEvenly) {
  std::array<int, 10> tenths{};
  for (int shop = 600000; shop < 601000; ++shop) {
    const absl::Duration due = DueTime(Fresh(shop, kNow), false, {}) - kNow;
    const double share = absl::FDivDuration(due, absl::Hours(30 * 24));
    ++tenths.at(static_cast<std::size_t>((share - 0.50) / 0.35 * 10));
  }
  for (const int count : tenths) {
    EXPECT_GT(count, 50);
    EXPECT_LT(count, 150);
  }
}

TEST(DueTimeTest, EachPairOfAShopIsDrawnAnew) {
  TokenRecord record = Fresh(1, kNow);
  const absl::Time first = DueTime(record, false, {});
  record.generation += 1;
  EXPECT_NE(DueTime(record, false, {}), first);
}

TEST(BackoffTest, DoublesUpToItsLimit) {
  const RefreshPolicy policy;
  EXPECT_EQ(BackoffAfter(1, policy), absl::Seconds(1));
  EXPECT_EQ(BackoffAfter(4, policy), absl::Seconds(8));
  EXPECT_EQ(BackoffAfter(1000, policy), absl::Minutes(5));
}

class RefreshSchedulerTest : public StoredTokensTest {
 protected:
  RefreshSchedulerTest() : a_(Start()) { StartRefreshScheduler(); }
  void TearDown() override {
    refresh_scheduler_.reset();
    a_.reset();
  }

  void StartRefreshScheduler() {
    refresh_scheduler_ =
        std::make_unique<tokens::RefreshScheduler>(a_->tokens->context(), options_, *a_->token_manager,
                                                   [](tokens::Subject subject) { return subject.id != 666; });
  }
  void Put(std::int64_t shop) {
    TokenRecord record = Pair();
    record.subject = tokens::Shop(shop);
    ASSERT_TRUE(repository_.Put(record).ok());
  }
  static async::Task<bool> SweptBy(tokens::RefreshScheduler& refresh_scheduler) {
    co_await refresh_scheduler.ScanStore({});
    co_return true;
  }
  async::Task<bool> Swept(std::stop_token stop) {
    co_await refresh_scheduler_->ScanStore(std::move(stop));
    co_return true;
  }
  // Runs one scan and the refreshes that it starts; advances time as its pacing needs. Returns that time.
  absl::Duration ScanStore() {
    const absl::Time begun = clock_.Now();
    std::future<bool> swept = StartOnLoop(a_->loop, Swept({}));
    AdvanceUntilReady(*a_, swept, absl::Milliseconds(100));
    swept.get();
    a_->Settle();
    return clock_.Now() - begun;
  }

  tokens::RefreshSchedulerOptions options_;
  std::unique_ptr<TokenProcess> a_;
  std::unique_ptr<tokens::RefreshScheduler> refresh_scheduler_;
};

TEST_F(RefreshSchedulerTest, WhatIsNotDueIsLeftAlone) {
  Put(kShopId);
  ScanStore();
  EXPECT_EQ(a_->transport.count(), 0U);
}

TEST_F(RefreshSchedulerTest, IdleShopsThatAreDueAreRenewedAtAPace) {
  for (int i = 0; i < 20; ++i) Put(kShopId + i);
  a_->transport.ReplyAlways(Granted("access-2", "refresh-2"));
  clock_.Advance(absl::Hours(24 * 26));
  EXPECT_GE(ScanStore(), absl::Seconds(9));  // two starts per second
  EXPECT_EQ(a_->transport.count(), 20U);
  ScanStore();
  EXPECT_EQ(a_->transport.count(), 20U);
}

TEST_F(RefreshSchedulerTest, AShopInUseIsRenewedBeforeItsCallersHaveToWait) {
  Put(kShopId);
  ASSERT_EQ(TokenOf(a_->Get().Get()), "access-1");
  clock_.Advance(absl::Hours(4) * 0.86);
  a_->transport.ReplyAlways(Granted("access-2", "refresh-2"));
  ScanStore();
  EXPECT_EQ(a_->transport.count(), 1U);
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
}

TEST_F(RefreshSchedulerTest, SubjectsOfOtherLoopsAreLeftToThem) {
  Put(666);
  clock_.Advance(absl::Hours(24 * 29));
  a_->transport.ReplyAlways(Granted("access-2", "refresh-2"));
  ScanStore();
  EXPECT_EQ(a_->transport.count(), 0U);
}

TEST_F(RefreshSchedulerTest, ARefreshThatFailsIsTriedAgainLaterAndNotAtOnce) {
  Put(kShopId);
  clock_.Advance(absl::Hours(24 * 26));
  a_->transport.ReplyAlways(Refused("error_rate_limit", "Too many requests."));
  for (int scan = 0; scan < 60; ++scan) {
    ScanStore();
    Advance(*a_, absl::Seconds(10));
  }
  EXPECT_GE(a_->transport.count(), 5U);
  EXPECT_LE(a_->transport.count(), 12U);
}

TEST_F(RefreshSchedulerTest, APairThatAnotherProcessBroughtIsNoticed) {
  Put(kShopId);
  ASSERT_EQ(TokenOf(a_->Get().Get()), "access-1");
  Advance(*a_, absl::Minutes(1));
  ASSERT_TRUE(repository_.Put(Pair(absl::Hours(4), "other")).ok());
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-1");
  ScanStore();
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-other");
}

TEST_F(RefreshSchedulerTest, AShopThatAnotherProcessForgotIsNoticed) {
  Put(kShopId);
  ASSERT_EQ(TokenOf(a_->Get().Get()), "access-1");
  Advance(*a_, absl::Minutes(1));
  ASSERT_TRUE(*repository_.Forget(kShop, clock_.Now()));
  ScanStore();
  EXPECT_EQ(TokenOf(a_->Get().Get()), "refused: NO_ACCESS_TOKEN");
}

TEST_F(RefreshSchedulerTest, ATombstoneIsErasedAfterADay) {
  Put(kShopId);
  ASSERT_TRUE(*repository_.Forget(kShop, clock_.Now()));
  clock_.Advance(absl::Hours(23));
  ScanStore();
  ASSERT_TRUE(Stored().has_value());
  clock_.Advance(absl::Hours(2));
  ScanStore();
  EXPECT_FALSE(Stored().has_value());
}

TEST_F(RefreshSchedulerTest, TheEndOfAnAuthorizationIsWarnedOfOnceADay) {
  TokenRecord record = Pair();
  record.authorization_expires = clock_.Now() + absl::Hours(24 * 6);
  ASSERT_TRUE(repository_.Put(record).ok());
  for (int hour = 0; hour < 25; ++hour) {
    ScanStore();
    Advance(*a_, absl::Hours(1));
  }
  EXPECT_EQ(a_->events.Count(TokenEvent::kAuthorizationEnding), 2);
}

TEST_F(RefreshSchedulerTest, RecordsAreResealedUnderANewKey) {
  Put(kShopId);
  std::vector<tokens::EncryptionKey> keys = TestKeys('b');
  keys.push_back(TestKeys('a').front());
  refresh_scheduler_.reset();
  a_ = std::make_unique<TokenProcess>(clock_, store_, Settings(), keys);
  StartRefreshScheduler();
  ScanStore();
  const tokens::TokenCipher cipher(TestKeys('b'));
  const tokens::RecordCodec codec(cipher);
  tokens::TokenRepository repository(store_, codec, "new key");
  const auto reencrypted = repository.Read(kShop);
  ASSERT_TRUE(reencrypted.ok());
  EXPECT_EQ((*reencrypted)->pair.refresh_token.Reveal(), "refresh-1");
}

// Like during a rollout that has reached only one of two processes.
TEST_F(RefreshSchedulerTest, TwoOrdersOfKeysSideBySideReencryptARecordOnceEach) {
  Put(kShopId);
  const std::vector<tokens::EncryptionKey> old_first = {TestKeys('a').front(), TestKeys('b').front()};
  const std::vector<tokens::EncryptionKey> new_first = {TestKeys('b').front(), TestKeys('a').front()};
  refresh_scheduler_.reset();
  a_ = std::make_unique<TokenProcess>(clock_, store_, Settings(), old_first);
  StartRefreshScheduler();
  TokenProcess other(clock_, store_, Settings(), new_first);
  tokens::RefreshScheduler others_scheduler(other.tokens->context(), options_, *other.token_manager,
                                            [](tokens::Subject) { return true; });
  const auto scan_other = [&] { RunOnLoop(other.loop, SweptBy(others_scheduler)); };
  for (int turn = 0; turn < 2; ++turn) {
    scan_other();
    ScanStore();
  }
  const tokens::Version version = store_.Read(tokens::KeyOf(kShop)).value()->version;
  for (int turn = 0; turn < 5; ++turn) {
    scan_other();
    ScanStore();
  }
  EXPECT_EQ(store_.Read(tokens::KeyOf(kShop)).value()->version, version) << "each has had its turn";

  a_->transport.Reply(Granted("access-2", "refresh-2"));
  ASSERT_EQ(TokenOf(a_->RefreshNow().Get()), "access-2");
  scan_other();
  const tokens::TokenCipher new_key(TestKeys('b'));
  const tokens::RecordCodec codec(new_key);
  EXPECT_TRUE(tokens::TokenRepository(store_, codec, "new key").Read(kShop).ok()) << "a pair is a new record";
}

TEST_F(RefreshSchedulerTest, AStoreThatIsDownIsLookedAtAgainAtTheNextScan) {
  Put(kShopId);
  clock_.Advance(absl::Hours(24 * 26));
  a_->store->FailLists(absl::UnavailableError("down"));
  ScanStore();
  EXPECT_EQ(a_->transport.count(), 0U);
  a_->store->Heal();
  a_->transport.ReplyAlways(Granted("access-2", "refresh-2"));
  ScanStore();
  EXPECT_EQ(a_->transport.count(), 1U);
}

TEST_F(RefreshSchedulerTest, APairFromTheFutureIsRenewedSinceItsEndCannotBeTrusted) {
  clock_.JumpWall(absl::Hours(24 * 365));
  Put(kShopId);
  clock_.JumpWall(-absl::Hours(24 * 365));
  a_->transport.ReplyAlways(Granted("access-2", "refresh-2"));
  ScanStore();
  EXPECT_EQ(a_->transport.count(), 1U);
  ScanStore();
  EXPECT_EQ(a_->transport.count(), 1U);
}

}  // namespace
}  // namespace firstmile::testing
