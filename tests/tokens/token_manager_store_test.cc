// Stores that fail, lose records or respond slowly, and several processes that share one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokens/token_fixture.h"

namespace firstmile::testing {
namespace {

using errors::Code;
using ::testing::HasSubstr;
using tokens::TokenAnswer;
using tokens::TokenEvent;
using tokens::TokenRecord;

const absl::Status kDown = absl::UnavailableError("the store is down");

// Takes more than half a lease for each write.
class SlowStore final : public tokens::TokenStore {
 public:
  SlowStore(ManualClock& clock, tokens::TokenStore& store) : clock_(clock), store_(store) {}

  absl::StatusOr<std::optional<tokens::StoredRecord>> Read(const std::string& key) override {
    return store_.Read(key);
  }
  absl::StatusOr<tokens::Version> Write(const std::string& key, const std::string& bytes,
                                        tokens::Version expected) override {
    clock_.Advance(absl::Seconds(8));
    return store_.Write(key, bytes, expected);
  }
  absl::Status Erase(const std::string& key, tokens::Version expected) override {
    return store_.Erase(key, expected);
  }
  absl::StatusOr<std::vector<std::pair<std::string, tokens::StoredRecord>>> List(const std::string& after,
                                                                                 int limit) override {
    return store_.List(after, limit);
  }

 private:
  ManualClock& clock_;
  tokens::TokenStore& store_;
};

class TokenManagerStoreTest : public StoredTokensTest {
 protected:
  TokenManagerStoreTest() : a_(Start()), b_(Start()) {}

  void HaveExpired() { ASSERT_TRUE(repository_.Put(Pair(absl::ZeroDuration())).ok()); }

  // The store loses the record, as after a failover to a replica that had not received it.
  void LoseRecord() {
    const std::string key = tokens::KeyOf(kShop);
    const auto stored = store_.Read(key);
    ASSERT_TRUE(store_.Erase(key, (**stored).version).ok());
  }
  // The store goes back to what it held before.
  void GoBackTo(const TokenRecord& record) {
    const auto stored = store_.Read(tokens::KeyOf(kShop));
    ASSERT_TRUE(store_.Write(tokens::KeyOf(kShop), *codec_.Encode(record), (**stored).version).ok());
  }

  std::unique_ptr<TokenProcess> a_;
  std::unique_ptr<TokenProcess> b_;
};

TEST_F(TokenManagerStoreTest, TheNewPairIsUsedOnlyOnceTheStoreAcceptsIt) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(1);
  a_->store->FailWrites(kDown);
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  const TokenAnswer answer = caller.Get();
  ASSERT_TRUE(answer.refusal.has_value());
  EXPECT_EQ(answer.refusal->code, Code::kUnavailable);
  EXPECT_EQ(answer.refusal->reason, "TOKEN_STORE_UNAVAILABLE");
  EXPECT_TRUE(answer.refusal->retry_after.has_value());
  EXPECT_EQ(TokenOf(a_->Get().Get()), "refused: TOKEN_STORE_UNAVAILABLE");
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-1");

  a_->store->Heal();
  while (a_->events.Count(TokenEvent::kRefreshed) == 0) Advance(*a_, absl::Milliseconds(100));
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-2");
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
  EXPECT_EQ(a_->transport.count(), 1U);
}

TEST_F(TokenManagerStoreTest, ACommitWhoseAnswerIsLostIsFoundAgain) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(1);
  a_->store->LoseWriteAnswers(kDown);
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(caller.Get()), "refused: TOKEN_STORE_UNAVAILABLE");
  while (a_->events.Count(TokenEvent::kRefreshed) == 0) Advance(*a_, absl::Milliseconds(100));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
  EXPECT_EQ(a_->transport.count(), 1U);
}

TEST_F(TokenManagerStoreTest, AClaimThatIsNotSureToBeDurableSendsNothing) {
  HaveExpired();
  a_->store->LoseWriteAnswers(kDown);
  EXPECT_EQ(TokenOf(a_->Get().Get()), "refused: TOKEN_STORE_UNAVAILABLE");
  EXPECT_EQ(a_->transport.count(), 0U);
  a_->store->Heal();
  Advance(*a_, absl::Seconds(2));
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
}

TEST_F(TokenManagerStoreTest, AStoreThatCannotBeReadIsSaidToBeSoAndNothingIsSent) {
  HaveExpired();
  a_->store->FailReads(kDown);
  const TokenAnswer answer = a_->Get().Get();
  EXPECT_EQ(TokenOf(answer), "refused: TOKEN_STORE_UNAVAILABLE");
  EXPECT_EQ(answer.refusal->code, Code::kUnavailable);
  EXPECT_TRUE(answer.refusal->retry_after.has_value());
  EXPECT_EQ(a_->transport.count(), 0U);
}

TEST_F(TokenManagerStoreTest, ALiveTokenIsGivenWhileTheStoreIsDown) {
  ASSERT_TRUE(repository_.Put(Pair()).ok());
  ASSERT_EQ(TokenOf(a_->Get().Get()), "access-1");
  a_->store->FailReads(kDown);
  a_->store->FailWrites(kDown);
  Advance(*a_, absl::Hours(1));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-1");
}

TEST_F(TokenManagerStoreTest, ARecordThatCannotBeReadIsSaidToBeSoAndIsCuredByALogin) {
  HaveExpired();
  a_->store->FailReads(absl::DataLossError("torn"));
  const TokenAnswer answer = a_->Get().Get();
  EXPECT_EQ(TokenOf(answer), "refused: TOKEN_UNREADABLE");
  EXPECT_EQ(answer.refusal->code, Code::kFailedPrecondition);
  a_->store->Heal();
  const auto stored = store_.Read(tokens::KeyOf(kShop));
  ASSERT_TRUE(store_.Write(tokens::KeyOf(kShop), "no record", (**stored).version).ok());
  Advance(*a_, absl::Seconds(3));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "refused: TOKEN_UNREADABLE");
  ASSERT_TRUE(a_->StoreNewPair(Pair()).ok());
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-1");
}

TEST_F(TokenManagerStoreTest, ASlowStoreHoldsItsCallersAndNotTheLoop) {
  HaveExpired();
  a_->store->HoldReads();
  TokenWaiter caller = a_->Get();
  a_->store->AwaitHeldRead();
  a_->Settle();
  EXPECT_FALSE(caller.Ready());
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  a_->store->Heal();
  EXPECT_EQ(TokenOf(caller.Get()), "access-2");
}

TEST_F(TokenManagerStoreTest, AClaimThatTookTooLongIsGivenBackAndMadeAgain) {
  HaveExpired();
  a_->store->HoldWrites();
  TokenWaiter caller = a_->Get();
  a_->store->AwaitHeldWrite();
  Advance(*a_, absl::Seconds(8));  // more than half a lease
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  a_->store->Heal();
  EXPECT_EQ(TokenOf(caller.Get()), "access-2");
  EXPECT_EQ(a_->transport.count(), 1U);
}

TEST_F(TokenManagerStoreTest, AStoreThatIsAlwaysTooSlowEndsInARefusal) {
  HaveExpired();
  SlowStore slow(clock_, store_);
  TokenProcess process(clock_, slow, Settings());
  EXPECT_EQ(TokenOf(process.Get().Get()), "refused: TOKEN_STORE_UNAVAILABLE");
  EXPECT_EQ(process.transport.count(), 0U);
}

TEST_F(TokenManagerStoreTest, ARecordThatTheStoreHasLostIsBroughtBack) {
  ASSERT_TRUE(a_->StoreNewPair(Pair()).ok());
  LoseRecord();
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(a_->Replace("access-1").Get()), "access-2");
  EXPECT_EQ(a_->events.Count(TokenEvent::kRestored), 1);
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-2");
}

TEST_F(TokenManagerStoreTest, ARecordThatTheStoreLosesDuringARefreshIsMadeAgain) {
  ASSERT_TRUE(a_->StoreNewPair(Pair(absl::ZeroDuration())).ok());
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(1);
  LoseRecord();
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(caller.Get()), "access-2");
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-2");
}

TEST_F(TokenManagerStoreTest, AStoreThatRevertedToAUsedPairGetsTheNewerOne) {
  ASSERT_TRUE(a_->StoreNewPair(Pair(absl::ZeroDuration())).ok());
  const TokenRecord before = *Stored();
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  ASSERT_EQ(TokenOf(a_->Get().Get()), "access-2");
  GoBackTo(before);
  Advance(*a_, absl::Hours(4));
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(2);
  EXPECT_THAT(a_->transport.request(1).body, HasSubstr("refresh-2"));
  a_->transport.Reply(Granted("access-3", "refresh-3"));
  EXPECT_EQ(TokenOf(caller.Get()), "access-3");
  EXPECT_EQ(a_->events.Count(TokenEvent::kRestored), 1);
}

TEST_F(TokenManagerStoreTest, AForgottenShopIsNotBroughtBackByAProcessThatStillKnowsIt) {
  ASSERT_TRUE(repository_.Put(Pair()).ok());
  ASSERT_EQ(TokenOf(b_->Get().Get()), "access-1");
  ASSERT_TRUE(RunOnLoop(a_->loop, a_->token_manager->Forget(kShop)).value());
  Advance(*b_, absl::Hours(4));
  EXPECT_EQ(TokenOf(b_->Get().Get()), "refused: NO_ACCESS_TOKEN");
  EXPECT_TRUE(Stored()->forgotten);
  EXPECT_EQ(b_->transport.count(), 0U);
}

TEST_F(TokenManagerStoreTest,
       AnAuthorizationRequirementThatTheStoreRefusedIsStoredLaterWithoutCallingShopeeAgain) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(1);
  a_->store->FailWrites(kDown);
  a_->transport.Reply(Refused());
  EXPECT_EQ(TokenOf(caller.Get()), "refused: AUTHORIZATION_REQUIRED");
  EXPECT_FALSE(Stored()->authorization_required.has_value());
  a_->store->Heal();
  Advance(*a_, absl::Seconds(3));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "refused: AUTHORIZATION_REQUIRED");
  ASSERT_TRUE(Stored()->authorization_required.has_value());
  EXPECT_EQ(Stored()->authorization_required->reason, "REFRESH_TOKEN_REFUSED");
  EXPECT_EQ(a_->transport.count(), 1U);
}

TEST_F(TokenManagerStoreTest, TwoProcessesMakeOneRefresh) {
  HaveExpired();
  TokenWaiter first = a_->Get();
  a_->transport.AwaitRequests(1);
  TokenWaiter second = b_->Get();
  for (int i = 0; i < 10; ++i) Advance(*b_, absl::Milliseconds(100));
  EXPECT_FALSE(second.Ready());
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(first.Get()), "access-2");
  AdvanceUntilReady(*b_, second.future());
  EXPECT_EQ(TokenOf(second.Get()), "access-2");
  EXPECT_EQ(b_->transport.count(), 0U);
}

TEST_F(TokenManagerStoreTest, ALeaseThatStaysUnchangedForItsTermIsTakenOver) {
  HaveExpired();
  ASSERT_EQ(repository_.ClaimRefresh(kShop, Stored()->generation, clock_.Now(), std::nullopt)->end,
            tokens::ClaimEnd::kClaimed);
  const absl::Time begun = clock_.Now();
  TokenWaiter caller = a_->Get();
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  AdvanceUntilReady(*a_, caller.future());
  EXPECT_EQ(TokenOf(caller.Get()), "access-2");
  EXPECT_GE(clock_.Now() - begun, absl::Seconds(15));
  EXPECT_LE(clock_.Now() - begun, absl::Seconds(25));
}

TEST_F(TokenManagerStoreTest, ALeaseExpiresByBeingWatchedAndNotByItsOwnTime) {
  HaveExpired();
  ASSERT_TRUE(
      repository_.ClaimRefresh(kShop, Stored()->generation, clock_.Now() - absl::Hours(9), std::nullopt)
          .ok());
  TokenWaiter caller = a_->Get();
  for (int i = 0; i < 140; ++i) Advance(*a_, absl::Milliseconds(100));
  EXPECT_EQ(a_->transport.count(), 0U);
  EXPECT_FALSE(caller.Ready());
}

TEST_F(TokenManagerStoreTest, ADeadOwnersUsedTokenIsTriedOnceAndItsAnswerCountsAsLost) {
  HaveExpired();
  ASSERT_TRUE(repository_.ClaimRefresh(kShop, Stored()->generation, clock_.Now(), std::nullopt).ok());
  TokenWaiter caller = a_->Get();
  a_->transport.Reply(Refused());
  AdvanceUntilReady(*a_, caller.future());
  EXPECT_EQ(TokenOf(caller.Get()), "refused: AUTHORIZATION_REQUIRED");
  EXPECT_EQ(Stored()->authorization_required->reason, "REFRESH_ANSWER_LOST");
  EXPECT_EQ(a_->transport.count(), 1U);
}

TEST_F(TokenManagerStoreTest, AHolderThatWakesUpAfterItsLeaseStillBringsItsPair) {
  HaveExpired();
  TokenWaiter sleeper = a_->Get();
  a_->transport.AwaitRequests(1);
  TokenWaiter other = b_->Get();
  b_->transport.Reply(Refused());  // Shopee has processed the first refresh
  AdvanceUntilReady(*b_, other.future());
  EXPECT_EQ(TokenOf(other.Get()), "refused: AUTHORIZATION_REQUIRED");
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(sleeper.Get()), "access-2");
  EXPECT_FALSE(Stored()->authorization_required.has_value());
  Advance(*b_, absl::Seconds(3));
  EXPECT_EQ(TokenOf(b_->Get().Get()), "access-2");
}

TEST_F(TokenManagerStoreTest, AHolderThatIsRefusedAfterItsLeaseTakesTheOthersPair) {
  HaveExpired();
  TokenWaiter sleeper = a_->Get();
  a_->transport.AwaitRequests(1);
  TokenWaiter other = b_->Get();
  b_->transport.Reply(Granted("access-2", "refresh-2"));
  AdvanceUntilReady(*b_, other.future());
  EXPECT_EQ(TokenOf(other.Get()), "access-2");
  a_->transport.Reply(Refused());
  EXPECT_EQ(TokenOf(sleeper.Get()), "access-2");
  EXPECT_FALSE(Stored()->authorization_required.has_value());
}

TEST_F(TokenManagerStoreTest, AHolderThatIsRefusedWhileAnotherIsAtItWaitsForTheOther) {
  HaveExpired();
  TokenWaiter sleeper = a_->Get();
  a_->transport.AwaitRequests(1);
  TokenWaiter other = b_->Get();
  while (b_->transport.count() == 0) Advance(*b_, absl::Milliseconds(100));
  a_->transport.Reply(Refused());
  a_->Settle();
  b_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(other.Get()), "access-2");
  AdvanceUntilReady(*a_, sleeper.future());
  EXPECT_EQ(TokenOf(sleeper.Get()), "access-2");
}

TEST_F(TokenManagerStoreTest, AProcessThatNeverComesToAnEndIsNotWaitedForWithoutEnd) {
  HaveExpired();
  const std::int64_t generation = Stored()->generation;
  ASSERT_TRUE(repository_.ClaimRefresh(kShop, generation, clock_.Now(), std::nullopt).ok());
  TokenWaiter caller = a_->Get();
  for (int i = 0; i < 700 && !caller.Ready(); ++i) {  // a lease that is renewed again and again
    ASSERT_TRUE(repository_.ClaimRefresh(kShop, generation, clock_.Now(), std::nullopt).ok());
    Advance(*a_, absl::Milliseconds(100));
  }
  const TokenAnswer answer = caller.Get();
  EXPECT_EQ(TokenOf(answer), "refused: TOKEN_REFRESH_BUSY");
  EXPECT_EQ(answer.refusal->code, Code::kUnavailable);
  EXPECT_EQ(a_->transport.count(), 0U);
}

TEST_F(TokenManagerStoreTest, AKeyThatIsRotatedDuringARefreshDoesNotCostThePair) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(1);
  std::vector<tokens::EncryptionKey> rotated = TestKeys('b');
  rotated.push_back(TestKeys().front());
  const tokens::TokenCipher cipher(std::move(rotated));
  const tokens::RecordCodec codec(cipher);
  tokens::TokenRepository other(store_, codec, "with the new key");
  ASSERT_TRUE(other.Reencrypt(kShop).ok());
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(caller.Get()), "access-2");
}

}  // namespace
}  // namespace firstmile::testing
