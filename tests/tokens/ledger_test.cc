// The atomic steps of custody: who may refresh, and which pair counts.
#include <gtest/gtest.h>

#include <thread>

#include "tokens/custody_fixture.h"

namespace firstmile::testing {
namespace {

using tokens::Claim;
using tokens::ClaimEnd;
using tokens::TokenLedger;
using tokens::TokenRecord;

class LedgerTest : public CustodyTest {
 protected:
  LedgerTest() : first_(*ledger_.Put(Pair())) {}

  std::int64_t generation() const { return first_.generation; }
  TokenRecord Next(const std::string& name = "2") const {
    TokenRecord next = first_;
    next.pair = {secrets::Secret("access-" + name), secrets::Secret("refresh-" + name)};
    next.generation += 1;
    next.refreshed = true;
    return next;
  }
  Claim Take(TokenLedger& ledger, std::optional<tokens::Version> dead = std::nullopt) const {
    return *ledger.ClaimRefresh(kShop, generation(), clock_.Now(), dead);
  }

  const TokenRecord first_;
  TokenLedger a_{store_, codec_, "a"};
  TokenLedger b_{store_, codec_, "b"};
  const tokens::Quarantine quarantine_{"REFRESH_TOKEN_REFUSED", "why", absl::FromUnixSeconds(1)};
};

TEST_F(LedgerTest, ARecordIsReadAsItWasPut) {
  const TokenRecord stored = *Stored();
  EXPECT_EQ(stored.pair.access_token.Reveal(), "access-1");
  EXPECT_EQ(stored.pair.refresh_token.Reveal(), "refresh-1");
  EXPECT_EQ(stored.access_expires, first_.access_expires);
  EXPECT_EQ(stored.authorization_expires, absl::InfiniteFuture());
  EXPECT_TRUE(stored.renewable);
  EXPECT_EQ(stored.version, first_.version);
}

TEST_F(LedgerTest, OneOwnerHoldsTheClaim) {
  EXPECT_EQ(Take(a_).end, ClaimEnd::kClaimed);
  EXPECT_EQ(Take(b_).end, ClaimEnd::kHeld);
  EXPECT_EQ(Stored()->refresh->owner, "a");
}

TEST_F(LedgerTest, TheSameOwnerClaimsAgainAndItsAttemptsAreCounted) {
  Take(a_);
  EXPECT_EQ(Take(a_).record->refresh->attempts, 2);
}

TEST_F(LedgerTest, ADeadMarkIsTakenOverAndItsAttemptsAreInherited) {
  const Claim held = Take(a_);
  EXPECT_EQ(Take(b_, held.record->version).end, ClaimEnd::kClaimed);
  EXPECT_EQ(Stored()->refresh->owner, "b");
  EXPECT_EQ(Stored()->refresh->attempts, 2);
}

TEST_F(LedgerTest, AMarkThatMovedSinceItWasWatchedIsNotDead) {
  const Claim held = Take(a_);
  Take(a_);
  EXPECT_EQ(Take(b_, held.record->version).end, ClaimEnd::kHeld);
}

TEST_F(LedgerTest, ManyThreadsRaceAndOneClaims) {
  for (int round = 0; round < 20; ++round) {
    const tokens::Subject shop = tokens::Shop(700000 + round);
    TokenRecord record = Pair();
    record.subject = shop;
    const std::int64_t generation = ledger_.Put(record)->generation;
    std::atomic<int> claimed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        TokenLedger ledger(store_, codec_, absl::StrCat("owner ", i));
        const auto claim = ledger.ClaimRefresh(shop, generation, clock_.Now(), std::nullopt);
        if (claim.ok() && claim->end == ClaimEnd::kClaimed) ++claimed;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(claimed, 1);
  }
}

TEST_F(LedgerTest, AClaimOfAnotherPairOrOfNothingHasMoved) {
  EXPECT_EQ(a_.ClaimRefresh(kShop, generation() - 1, clock_.Now(), std::nullopt)->end, ClaimEnd::kMoved);
  EXPECT_EQ(a_.ClaimRefresh(tokens::Shop(1), 1, clock_.Now(), std::nullopt)->end, ClaimEnd::kMoved);
  ASSERT_TRUE(a_.SetQuarantine(kShop, generation(), quarantine_).ok());
  EXPECT_EQ(Take(a_).end, ClaimEnd::kMoved);
}

TEST_F(LedgerTest, ACommitEndsTheMarkAndTheQuarantine) {
  Take(a_);
  ASSERT_TRUE(a_.Commit(Next()).ok());
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-2");
  EXPECT_FALSE(Stored()->refresh.has_value());
}

TEST_F(LedgerTest, ThePairOfAHolderThatLostItsLeaseStillCounts) {
  const Claim held = Take(a_);
  Take(b_, held.record->version);
  ASSERT_TRUE(b_.SetQuarantine(kShop, generation(), quarantine_).ok());
  EXPECT_EQ(a_.Commit(Next())->pair.access_token.Reveal(), "access-2");
  EXPECT_FALSE(Stored()->quarantine.has_value());
}

TEST_F(LedgerTest, AHolderThatLostItsLeaseCannotOverwriteANewerPair) {
  const Claim held = Take(a_);
  Take(b_, held.record->version);
  ASSERT_TRUE(b_.Commit(Next("b")).ok());
  EXPECT_EQ(a_.Commit(Next("a"))->pair.access_token.Reveal(), "access-b");
  EXPECT_EQ(Stored()->pair.access_token.Reveal(), "access-b");
}

TEST_F(LedgerTest, AHolderThatLostItsLeaseCannotReleaseOrQuarantineForTheNewOne) {
  const Claim held = Take(a_);
  Take(b_, held.record->version);
  ASSERT_TRUE(a_.Release(kShop, generation()).ok());
  ASSERT_TRUE(a_.SetQuarantine(kShop, generation(), quarantine_).ok());
  EXPECT_EQ(Stored()->refresh->owner, "b");
  EXPECT_FALSE(Stored()->quarantine.has_value());
}

TEST_F(LedgerTest, WhatAPersonBringsOutranksARefreshThatIsUnderWay) {
  Take(a_);
  ASSERT_TRUE(ledger_.Put(Pair(absl::Hours(4), "person")).ok());
  EXPECT_EQ(a_.Commit(Next())->pair.access_token.Reveal(), "access-person");
  ASSERT_TRUE(a_.SetQuarantine(kShop, generation(), quarantine_).ok());
  EXPECT_FALSE(Stored()->quarantine.has_value());
}

TEST_F(LedgerTest, WhatAPersonBringsOutranksAlsoWhenTheClockWentBack) {
  clock_.JumpWall(-absl::Hours(1000));
  EXPECT_EQ(ledger_.Put(Pair(absl::Hours(4), "person"))->generation, generation() + 1);
}

TEST_F(LedgerTest, AReleasedMarkHoldsNobody) {
  Take(a_);
  ASSERT_TRUE(a_.Release(kShop, generation()).ok());
  EXPECT_FALSE(Stored()->refresh.has_value());
  EXPECT_EQ(Take(b_).end, ClaimEnd::kClaimed);
}

TEST_F(LedgerTest, AReleaseLeavesTheMemoryOfEarlierAttempts) {
  const Claim held = Take(a_);
  Take(b_, held.record->version);
  ASSERT_TRUE(b_.Release(kShop, generation()).ok());
  const Claim again = Take(a_);
  EXPECT_EQ(again.end, ClaimEnd::kClaimed);
  EXPECT_EQ(again.record->refresh->attempts, 2);
}

TEST_F(LedgerTest, AForgottenMarkOutranksEveryPairOfBefore) {
  Take(a_);
  ASSERT_TRUE(*ledger_.Forget(kShop, clock_.Now()));
  EXPECT_TRUE(a_.Commit(Next())->forgotten);
  EXPECT_TRUE(a_.Restore(Next())->forgotten);
  EXPECT_TRUE(Stored()->forgotten);
  EXPECT_TRUE(Stored()->pair.access_token.empty());
  EXPECT_FALSE(*ledger_.Forget(kShop, clock_.Now()));
}

TEST_F(LedgerTest, ALoginAfterForgettingCounts) {
  ASSERT_TRUE(*ledger_.Forget(kShop, clock_.Now()));
  ASSERT_TRUE(ledger_.Put(Pair(absl::Hours(4), "person")).ok());
  EXPECT_FALSE(Stored()->forgotten);
  EXPECT_EQ(Stored()->pair.access_token.Reveal(), "access-person");
}

TEST_F(LedgerTest, AMarkThatIsPurgedIsGoneAndANewRecordIsNot) {
  ASSERT_TRUE(*ledger_.Forget(kShop, clock_.Now()));
  const TokenRecord mark = *Stored();
  ASSERT_TRUE(ledger_.Put(Pair()).ok());
  ASSERT_TRUE(ledger_.Purge(mark).ok());
  ASSERT_TRUE(Stored().has_value());
  ASSERT_TRUE(*ledger_.Forget(kShop, clock_.Now()));
  ASSERT_TRUE(ledger_.Purge(*Stored()).ok());
  EXPECT_FALSE(Stored().has_value());
}

TEST_F(LedgerTest, ARestoreYieldsToANewerRecordAndReplacesAnOlderOne) {
  ASSERT_TRUE(ledger_.Commit(Next()).ok());
  EXPECT_EQ(ledger_.Restore(first_)->pair.access_token.Reveal(), "access-2");
  TokenRecord newest = Next("3");
  newest.generation += 1;
  newest.quarantine = quarantine_;
  ASSERT_TRUE(ledger_.Restore(newest).ok());
  EXPECT_EQ(Stored()->pair.access_token.Reveal(), "access-3");
  EXPECT_TRUE(Stored()->quarantine.has_value());
}

TEST_F(LedgerTest, ARecordUnderTheKeyOfAnotherShopIsRefused) {
  const std::string other = tokens::KeyOf(tokens::Shop(1));
  ASSERT_TRUE(store_.Write(other, *codec_.Encode(first_), tokens::kAbsent).ok());
  EXPECT_TRUE(absl::IsDataLoss(Peek(tokens::Shop(1)).status()));
}

TEST_F(LedgerTest, AListSkipsWhatNobodyCanReadAndCountsIt) {
  ASSERT_TRUE(store_.Write(tokens::KeyOf(tokens::Shop(1)), "no record", tokens::kAbsent).ok());
  const auto page = ledger_.List("", 10);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->records.size(), 1U);
  EXPECT_TRUE(page->records[0].pair.access_token.empty());
  EXPECT_EQ(page->unreadable, 1);
  EXPECT_EQ(page->next, "");
}

TEST_F(LedgerTest, ResealingMovesARecordUnderTheFirstKey) {
  std::vector<tokens::SealingKey> keys = TestKeys('b');
  keys.push_back(TestKeys('a').front());
  const tokens::Sealer rotated(keys);
  const tokens::RecordCodec codec(rotated);
  TokenLedger ledger(store_, codec, "rotated");
  EXPECT_TRUE(ledger.List("", 1)->records[0].needs_resealing);
  ASSERT_TRUE(ledger.Reseal(kShop).ok());
  EXPECT_FALSE(ledger.List("", 1)->records[0].needs_resealing);
  EXPECT_EQ((*ledger.Read(kShop))->pair.refresh_token.Reveal(), "refresh-1");
  EXPECT_FALSE(Peek(kShop).ok());
}

}  // namespace
}  // namespace firstmile::testing
