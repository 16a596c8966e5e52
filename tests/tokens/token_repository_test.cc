// The atomic changes of token records: who may refresh, and which pair counts.
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "tokens/token_fixture.h"

namespace firstmile::testing {
namespace {

using tokens::Claim;
using tokens::ClaimEnd;
using tokens::TokenRecord;
using tokens::TokenRepository;

class TokenRepositoryTest : public StoredTokensTest {
 protected:
  TokenRepositoryTest() : first_(*repository_.Put(Pair())) {}

  std::int64_t generation() const { return first_.generation; }
  TokenRecord Next(const std::string& name = "2") const {
    TokenRecord next = first_;
    next.pair = {secrets::Secret("access-" + name), secrets::Secret("refresh-" + name)};
    next.generation += 1;
    next.refreshed = true;
    return next;
  }
  Claim Take(TokenRepository& repository, std::optional<tokens::Version> dead = std::nullopt) const {
    return *repository.ClaimRefresh(kShop, generation(), clock_.Now(), dead);
  }

  const TokenRecord first_;
  TokenRepository a_{store_, codec_, "a"};
  TokenRepository b_{store_, codec_, "b"};
  const tokens::AuthorizationRequirement authorization_required_{"REFRESH_TOKEN_REFUSED", "why",
                                                                 absl::FromUnixSeconds(1)};
};

TEST_F(TokenRepositoryTest, ARecordIsReadAsItWasPut) {
  const TokenRecord stored = *Stored();
  EXPECT_EQ(stored.pair.access_token.Reveal(), "access-1");
  EXPECT_EQ(stored.pair.refresh_token.Reveal(), "refresh-1");
  EXPECT_EQ(stored.access_expires, first_.access_expires);
  EXPECT_EQ(stored.authorization_expires, absl::InfiniteFuture());
  EXPECT_TRUE(stored.renewable);
  EXPECT_EQ(stored.version, first_.version);
}

TEST_F(TokenRepositoryTest, OneOwnerHoldsTheClaim) {
  EXPECT_EQ(Take(a_).end, ClaimEnd::kClaimed);
  EXPECT_EQ(Take(b_).end, ClaimEnd::kHeld);
  EXPECT_EQ(Stored()->refresh->owner, "a");
}

TEST_F(TokenRepositoryTest, TheSameOwnerClaimsAgainAndItsAttemptsAreCounted) {
  Take(a_);
  EXPECT_EQ(Take(a_).record->refresh->attempts, 2);
}

TEST_F(TokenRepositoryTest, AnExpiredLeaseIsTakenOverWithItsAttemptCount) {
  const Claim held = Take(a_);
  EXPECT_EQ(Take(b_, held.record->version).end, ClaimEnd::kClaimed);
  EXPECT_EQ(Stored()->refresh->owner, "b");
  EXPECT_EQ(Stored()->refresh->attempts, 2);
}

TEST_F(TokenRepositoryTest, ALeaseThatChangedSinceItWasWatchedIsNotExpired) {
  const Claim held = Take(a_);
  Take(a_);
  EXPECT_EQ(Take(b_, held.record->version).end, ClaimEnd::kHeld);
}

TEST_F(TokenRepositoryTest, ManyThreadsRaceAndOneClaims) {
  for (int round = 0; round < 20; ++round) {
    const tokens::Subject shop = tokens::Shop(700000 + round);
    TokenRecord record = Pair();
    record.subject = shop;
    const std::int64_t generation = repository_.Put(record)->generation;
    std::atomic<int> claimed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        TokenRepository repository(store_, codec_, absl::StrCat("owner ", i));
        const auto claim = repository.ClaimRefresh(shop, generation, clock_.Now(), std::nullopt);
        if (claim.ok() && claim->end == ClaimEnd::kClaimed) ++claimed;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(claimed, 1);
  }
}

TEST_F(TokenRepositoryTest, AClaimOfAnotherPairOrOfNothingHasMoved) {
  EXPECT_EQ(a_.ClaimRefresh(kShop, generation() - 1, clock_.Now(), std::nullopt)->end, ClaimEnd::kMoved);
  EXPECT_EQ(a_.ClaimRefresh(tokens::Shop(1), 1, clock_.Now(), std::nullopt)->end, ClaimEnd::kMoved);
  ASSERT_TRUE(a_.SetAuthorizationRequired(kShop, generation(), authorization_required_).ok());
  EXPECT_EQ(Take(a_).end, ClaimEnd::kMoved);
}

TEST_F(TokenRepositoryTest, ACommitClearsTheLeaseAndTheAuthorizationRequirement) {
  Take(a_);
  ASSERT_TRUE(a_.Commit(Next()).ok());
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-2");
  EXPECT_FALSE(Stored()->refresh.has_value());
}

TEST_F(TokenRepositoryTest, ThePairOfAHolderThatLostItsLeaseStillCounts) {
  const Claim held = Take(a_);
  Take(b_, held.record->version);
  ASSERT_TRUE(b_.SetAuthorizationRequired(kShop, generation(), authorization_required_).ok());
  EXPECT_EQ(a_.Commit(Next())->pair.access_token.Reveal(), "access-2");
  EXPECT_FALSE(Stored()->authorization_required.has_value());
}

TEST_F(TokenRepositoryTest, AHolderThatLostItsLeaseCannotOverwriteANewerPair) {
  const Claim held = Take(a_);
  Take(b_, held.record->version);
  ASSERT_TRUE(b_.Commit(Next("b")).ok());
  EXPECT_EQ(a_.Commit(Next("a"))->pair.access_token.Reveal(), "access-b");
  EXPECT_EQ(Stored()->pair.access_token.Reveal(), "access-b");
}

TEST_F(TokenRepositoryTest, AnOwnerThatLostItsLeaseCannotReleaseItOrRequireAuthorizationForTheNewOne) {
  const Claim held = Take(a_);
  Take(b_, held.record->version);
  ASSERT_TRUE(a_.Release(kShop, generation()).ok());
  ASSERT_TRUE(a_.SetAuthorizationRequired(kShop, generation(), authorization_required_).ok());
  EXPECT_EQ(Stored()->refresh->owner, "b");
  EXPECT_FALSE(Stored()->authorization_required.has_value());
}

TEST_F(TokenRepositoryTest, ALoginOutranksARefreshInProgress) {
  Take(a_);
  ASSERT_TRUE(repository_.Put(Pair(absl::Hours(4), "person")).ok());
  EXPECT_EQ(a_.Commit(Next())->pair.access_token.Reveal(), "access-person");
  ASSERT_TRUE(a_.SetAuthorizationRequired(kShop, generation(), authorization_required_).ok());
  EXPECT_FALSE(Stored()->authorization_required.has_value());
}

TEST_F(TokenRepositoryTest, ALoginOutranksEarlierPairsEvenWhenTheClockWentBack) {
  clock_.JumpWall(-absl::Hours(1000));
  EXPECT_EQ(repository_.Put(Pair(absl::Hours(4), "person"))->generation, generation() + 1);
}

TEST_F(TokenRepositoryTest, AReleasedLeaseBlocksNoOwner) {
  Take(a_);
  ASSERT_TRUE(a_.Release(kShop, generation()).ok());
  EXPECT_FALSE(Stored()->refresh.has_value());
  EXPECT_EQ(Take(b_).end, ClaimEnd::kClaimed);
}

TEST_F(TokenRepositoryTest, AReleaseKeepsTheCountOfEarlierAttempts) {
  const Claim held = Take(a_);
  Take(b_, held.record->version);
  ASSERT_TRUE(b_.Release(kShop, generation()).ok());
  const Claim again = Take(a_);
  EXPECT_EQ(again.end, ClaimEnd::kClaimed);
  EXPECT_EQ(again.record->refresh->attempts, 2);
}

TEST_F(TokenRepositoryTest, ATombstoneOutranksEveryEarlierPair) {
  Take(a_);
  ASSERT_TRUE(*repository_.Forget(kShop, clock_.Now()));
  EXPECT_TRUE(a_.Commit(Next())->forgotten);
  EXPECT_TRUE(a_.Restore(Next())->record.forgotten);
  EXPECT_TRUE(Stored()->forgotten);
  EXPECT_TRUE(Stored()->pair.access_token.empty());
  EXPECT_FALSE(*repository_.Forget(kShop, clock_.Now()));
}

TEST_F(TokenRepositoryTest, ALoginAfterForgettingCounts) {
  ASSERT_TRUE(*repository_.Forget(kShop, clock_.Now()));
  ASSERT_TRUE(repository_.Put(Pair(absl::Hours(4), "person")).ok());
  EXPECT_FALSE(Stored()->forgotten);
  EXPECT_EQ(Stored()->pair.access_token.Reveal(), "access-person");
}

TEST_F(TokenRepositoryTest, APurgedTombstoneIsGoneAndANewRecordIsNot) {
  ASSERT_TRUE(*repository_.Forget(kShop, clock_.Now()));
  const TokenRecord tombstone = *Stored();
  ASSERT_TRUE(repository_.Put(Pair()).ok());
  ASSERT_TRUE(repository_.Purge(tombstone).ok());
  ASSERT_TRUE(Stored().has_value());
  ASSERT_TRUE(*repository_.Forget(kShop, clock_.Now()));
  ASSERT_TRUE(repository_.Purge(*Stored()).ok());
  EXPECT_FALSE(Stored().has_value());
}

TEST_F(TokenRepositoryTest, ARestoreYieldsToANewerRecordAndReplacesAnOlderOne) {
  ASSERT_TRUE(repository_.Commit(Next()).ok());
  EXPECT_EQ(repository_.Restore(first_)->record.pair.access_token.Reveal(), "access-2");
  TokenRecord newest = Next("3");
  newest.generation += 1;
  newest.authorization_required = authorization_required_;
  ASSERT_TRUE(repository_.Restore(newest).ok());
  EXPECT_EQ(Stored()->pair.access_token.Reveal(), "access-3");
  EXPECT_TRUE(Stored()->authorization_required.has_value());
}

TEST_F(TokenRepositoryTest, ARecordUnderTheKeyOfAnotherShopIsRefused) {
  const std::string other = tokens::KeyOf(tokens::Shop(1));
  ASSERT_TRUE(store_.Write(other, *codec_.Encode(first_), tokens::kAbsent).ok());
  EXPECT_TRUE(absl::IsDataLoss(Peek(tokens::Shop(1)).status()));
}

TEST_F(TokenRepositoryTest, AListSkipsAndCountsUnreadableRecords) {
  ASSERT_TRUE(store_.Write(tokens::KeyOf(tokens::Shop(1)), "no record", tokens::kAbsent).ok());
  const auto page = repository_.List("", 10);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->records.size(), 1U);
  EXPECT_TRUE(page->records[0].pair.access_token.empty());
  EXPECT_EQ(page->unreadable, 1);
  EXPECT_EQ(page->next, "");
}

TEST_F(TokenRepositoryTest, ResealingMovesARecordUnderTheFirstKey) {
  std::vector<tokens::EncryptionKey> keys = TestKeys('b');
  keys.push_back(TestKeys('a').front());
  const tokens::TokenCipher rotated(keys);
  const tokens::RecordCodec codec(rotated);
  TokenRepository repository(store_, codec, "rotated");
  EXPECT_TRUE(repository.List("", 1)->records[0].needs_reencryption);
  ASSERT_TRUE(repository.Reencrypt(kShop).ok());
  EXPECT_FALSE(repository.List("", 1)->records[0].needs_reencryption);
  EXPECT_EQ((*repository.Read(kShop))->pair.refresh_token.Reveal(), "refresh-1");
  EXPECT_FALSE(Peek(kShop).ok());
}

}  // namespace
}  // namespace firstmile::testing
