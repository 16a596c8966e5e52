// When pairs are due, and what a sweep does about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokens/custody_fixture.h"
#include "tokens/keeper.h"

namespace firstmile::testing {
namespace {

using tokens::DueTime;
using tokens::RefreshPolicy;
using tokens::TokenRecord;
using tokens::Transition;

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

TEST(DueTimeTest, WhatNobodyCanRenewIsNeverDue) {
  TokenRecord record = Fresh(1, kNow);
  record.renewable = false;
  EXPECT_EQ(DueTime(record, true, {}), absl::InfiniteFuture());
  record = Fresh(1, kNow);
  record.quarantine = tokens::Quarantine{};
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

class KeeperTest : public CustodyTest {
 protected:
  KeeperTest() : a_(Start()) { StartKeeper(); }
  void TearDown() override {
    keeper_.reset();
    a_.reset();
  }

  void StartKeeper() {
    keeper_ = std::make_unique<tokens::Keeper>(a_->custody->context(), options_, *a_->custodian,
                                               [](tokens::Subject subject) { return subject.id != 666; });
  }
  void Put(std::int64_t shop) {
    TokenRecord record = Pair();
    record.subject = tokens::Shop(shop);
    ASSERT_TRUE(ledger_.Put(record).ok());
  }
  async::Task<bool> Swept(std::stop_token stop) {
    co_await keeper_->Sweep(std::move(stop));
    co_return true;
  }
  // One sweep and the refreshes that it began; time moves as far as the sweep's own pace needs. How far that
  // was.
  absl::Duration Sweep() {
    const absl::Time begun = clock_.Now();
    std::future<bool> swept = StartOnLoop(a_->loop, Swept({}));
    AdvanceUntilReady(*a_, swept, absl::Milliseconds(100));
    swept.get();
    a_->Settle();
    return clock_.Now() - begun;
  }

  tokens::KeeperOptions options_;
  std::unique_ptr<CustodyProcess> a_;
  std::unique_ptr<tokens::Keeper> keeper_;
};

TEST_F(KeeperTest, WhatIsNotDueIsLeftAlone) {
  Put(kShopId);
  Sweep();
  EXPECT_EQ(a_->transport.count(), 0U);
}

TEST_F(KeeperTest, IdleShopsThatAreDueAreRenewedAtAPace) {
  for (int i = 0; i < 20; ++i) Put(kShopId + i);
  a_->transport.ReplyAlways(Granted("access-2", "refresh-2"));
  clock_.Advance(absl::Hours(24 * 26));
  EXPECT_GE(Sweep(), absl::Seconds(9));  // two starts a second
  EXPECT_EQ(a_->transport.count(), 20U);
  Sweep();
  EXPECT_EQ(a_->transport.count(), 20U);
}

TEST_F(KeeperTest, AShopInUseIsRenewedBeforeItsCallersHaveToWait) {
  Put(kShopId);
  ASSERT_EQ(TokenOf(a_->Get().Get()), "access-1");
  clock_.Advance(absl::Hours(4) * 0.86);
  a_->transport.ReplyAlways(Granted("access-2", "refresh-2"));
  Sweep();
  EXPECT_EQ(a_->transport.count(), 1U);
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
}

TEST_F(KeeperTest, SubjectsOfOtherLoopsAreLeftToThem) {
  Put(666);
  clock_.Advance(absl::Hours(24 * 29));
  a_->transport.ReplyAlways(Granted("access-2", "refresh-2"));
  Sweep();
  EXPECT_EQ(a_->transport.count(), 0U);
}

TEST_F(KeeperTest, ARefreshThatFailsIsTriedAgainLaterAndNotAtOnce) {
  Put(kShopId);
  clock_.Advance(absl::Hours(24 * 26));
  a_->transport.ReplyAlways(Refused("error_rate_limit", "Too many requests."));
  for (int sweep = 0; sweep < 60; ++sweep) {
    Sweep();
    Advance(*a_, absl::Seconds(10));
  }
  EXPECT_GE(a_->transport.count(), 5U);
  EXPECT_LE(a_->transport.count(), 12U);
}

TEST_F(KeeperTest, APairThatAnotherProcessBroughtIsNoticed) {
  Put(kShopId);
  ASSERT_EQ(TokenOf(a_->Get().Get()), "access-1");
  Advance(*a_, absl::Minutes(1));
  ASSERT_TRUE(ledger_.Put(Pair(absl::Hours(4), "other")).ok());
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-1");
  Sweep();
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-other");
}

TEST_F(KeeperTest, AShopThatAnotherProcessForgotIsNoticed) {
  Put(kShopId);
  ASSERT_EQ(TokenOf(a_->Get().Get()), "access-1");
  Advance(*a_, absl::Minutes(1));
  ASSERT_TRUE(*ledger_.Forget(kShop, clock_.Now()));
  Sweep();
  EXPECT_EQ(TokenOf(a_->Get().Get()), "refused: NO_ACCESS_TOKEN");
}

TEST_F(KeeperTest, AForgottenMarkIsErasedAfterADay) {
  Put(kShopId);
  ASSERT_TRUE(*ledger_.Forget(kShop, clock_.Now()));
  clock_.Advance(absl::Hours(23));
  Sweep();
  ASSERT_TRUE(Stored().has_value());
  clock_.Advance(absl::Hours(2));
  Sweep();
  EXPECT_FALSE(Stored().has_value());
}

TEST_F(KeeperTest, TheEndOfAnAuthorizationIsWarnedOfOnceADay) {
  TokenRecord record = Pair();
  record.authorization_expires = clock_.Now() + absl::Hours(24 * 6);
  ASSERT_TRUE(ledger_.Put(record).ok());
  for (int hour = 0; hour < 25; ++hour) {
    Sweep();
    Advance(*a_, absl::Hours(1));
  }
  EXPECT_EQ(a_->events.Count(Transition::kAuthorizationEnding), 2);
}

TEST_F(KeeperTest, RecordsAreResealedUnderANewKey) {
  Put(kShopId);
  std::vector<tokens::SealingKey> keys = TestKeys('b');
  keys.push_back(TestKeys('a').front());
  keeper_.reset();
  a_ = std::make_unique<CustodyProcess>(clock_, store_, Settings(), keys);
  StartKeeper();
  Sweep();
  const tokens::Sealer sealer(TestKeys('b'));
  const tokens::RecordCodec codec(sealer);
  tokens::TokenLedger ledger(store_, codec, "new key");
  const auto resealed = ledger.Read(kShop);
  ASSERT_TRUE(resealed.ok());
  EXPECT_EQ((*resealed)->pair.refresh_token.Reveal(), "refresh-1");
}

TEST_F(KeeperTest, AStoreThatIsDownIsLookedAtAgainAtTheNextSweep) {
  Put(kShopId);
  clock_.Advance(absl::Hours(24 * 26));
  a_->store->FailLists(absl::UnavailableError("down"));
  Sweep();
  EXPECT_EQ(a_->transport.count(), 0U);
  a_->store->Heal();
  a_->transport.ReplyAlways(Granted("access-2", "refresh-2"));
  Sweep();
  EXPECT_EQ(a_->transport.count(), 1U);
}

TEST_F(KeeperTest, APairFromTheFutureIsRenewedSinceItsEndCannotBeTrusted) {
  clock_.JumpWall(absl::Hours(24 * 365));
  Put(kShopId);
  clock_.JumpWall(-absl::Hours(24 * 365));
  a_->transport.ReplyAlways(Granted("access-2", "refresh-2"));
  Sweep();
  EXPECT_EQ(a_->transport.count(), 1U);
  Sweep();
  EXPECT_EQ(a_->transport.count(), 1U);
}

}  // namespace
}  // namespace firstmile::testing
