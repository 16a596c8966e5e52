// One process and one shop: which callers share a refresh, and the result of each answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokens/token_manager_case.h"

namespace firstmile::testing {
namespace {

using errors::Code;
using ::testing::HasSubstr;
using tokens::TokenAnswer;
using tokens::TokenEvent;

TEST_F(TokenManagerTest, ALiveTokenIsGivenWithoutTraffic) {
  ASSERT_TRUE(a_->StoreNewPair(Pair()).ok());
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-1");
  EXPECT_EQ(a_->transport.count(), 0U);
}

TEST_F(TokenManagerTest, AnUnknownShopGetsARemedy) {
  const TokenAnswer answer = a_->Get().Get();
  ASSERT_TRUE(answer.refusal.has_value());
  EXPECT_EQ(answer.refusal->reason, "NO_ACCESS_TOKEN");
  EXPECT_EQ(answer.refusal->code, Code::kFailedPrecondition);
  EXPECT_EQ(a_->transport.count(), 0U);
}

TEST_F(TokenManagerTest, UnknownShopsAreNotRememberedForever) {
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 500; ++i) {
      const std::int64_t shop = 1 + round * 500 + i;
      EXPECT_EQ(TokenOf(RunOnLoop(a_->loop, a_->token_manager->Get(tokens::Shop(shop), {}))),
                "refused: NO_ACCESS_TOKEN");
    }
    Advance(*a_, absl::Seconds(3));
  }
  EXPECT_LE(a_->token_manager->remembered(), 1500U);
}

TEST_F(TokenManagerTest, AThousandWaitingCallersMakeOneRefresh) {
  HaveExpired();
  std::vector<TokenWaiter> callers;
  for (int i = 0; i < 1000; ++i) callers.push_back(a_->Get());
  a_->transport.AwaitRequests(1);
  for (int i = 0; i < 10; ++i) callers.push_back(a_->Get());
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  for (TokenWaiter& caller : callers) EXPECT_EQ(TokenOf(caller.Get()), "access-2");
  EXPECT_EQ(a_->transport.count(), 1U);
  EXPECT_EQ(a_->events.Count(TokenEvent::kRefreshed), 1);
}

TEST_F(TokenManagerTest, ACallerThatCancelsDoesNotEndTheRefresh) {
  HaveExpired();
  std::stop_source stop;
  TokenWaiter leaver = a_->Get(stop.get_token());
  TokenWaiter other = a_->Get();
  a_->transport.AwaitRequests(1);
  stop.request_stop();
  EXPECT_EQ(TokenOf(leaver.Get()), "refused: CANCELLED");
  EXPECT_FALSE(other.Ready());
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(other.Get()), "access-2");
}

TEST_F(TokenManagerTest, TheRefreshContinuesWhenItsOnlyCallerCancels) {
  HaveExpired();
  std::stop_source stop;
  TokenWaiter leaver = a_->Get(stop.get_token());
  a_->transport.AwaitRequests(1);
  stop.request_stop();
  leaver.Get();
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
  EXPECT_EQ(a_->transport.count(), 1U);
}

TEST_F(TokenManagerTest, RefreshStartedIsDurableBeforeTheRequestIsSent) {
  HaveExpired();
  std::optional<tokens::TokenRecord> then;
  a_->transport.on_send = [&] { then = Stored(); };
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(1);
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  caller.Get();
  ASSERT_TRUE(then.has_value());
  ASSERT_TRUE(then->refresh.has_value());
  EXPECT_EQ(then->refresh->attempts, 1);
  EXPECT_EQ(then->pair.refresh_token.Reveal(), "refresh-1");
  EXPECT_FALSE(Stored()->refresh.has_value());
}

TEST_F(TokenManagerTest, TheNewPairIsDurableBeforeItIsGivenOut) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(1);
  a_->store->HoldWrites();
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  a_->store->AwaitHeldWrite();
  a_->Settle();
  EXPECT_FALSE(caller.Ready());
  a_->store->Heal();
  EXPECT_EQ(TokenOf(caller.Get()), "access-2");
  EXPECT_EQ(Stored()->pair.access_token.Reveal(), "access-2");
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-2");
}

TEST_F(TokenManagerTest, ARefusedRefreshIsTriedOnceAndThenTheSellerMustLogIn) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.Reply(Refused());
  const TokenAnswer answer = caller.Get();
  ASSERT_TRUE(answer.refusal.has_value());
  EXPECT_EQ(answer.refusal->code, Code::kFailedPrecondition);
  EXPECT_EQ(answer.refusal->reason, "AUTHORIZATION_REQUIRED");
  EXPECT_EQ(answer.refusal->authorization_url, "https://login.example");
  EXPECT_THAT(answer.refusal->message, HasSubstr("REFRESH_TOKEN_REFUSED; error_shop_refresh_token"));
  ASSERT_TRUE(Stored()->authorization_required.has_value());
  EXPECT_FALSE(Stored()->refresh.has_value());

  for (int i = 0; i < 20; ++i) {
    Advance(*a_, absl::Minutes(10));
    EXPECT_EQ(TokenOf(a_->Get().Get()), "refused: AUTHORIZATION_REQUIRED");
  }
  EXPECT_EQ(TokenOf(a_->RefreshNow().Get()), "refused: AUTHORIZATION_REQUIRED");
  EXPECT_EQ(a_->transport.count(), 1U);
  EXPECT_EQ(a_->events.Count(TokenEvent::kAuthorizationRequired), 1);
}

TEST_F(TokenManagerTest, ARefusedRefreshKeepsTheAccessTokenUntilItExpires) {
  ASSERT_TRUE(a_->StoreNewPair(Pair()).ok());
  a_->transport.Reply(Refused());
  EXPECT_EQ(TokenOf(a_->RefreshNow().Get()), "refused: AUTHORIZATION_REQUIRED");
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-1");
  Advance(*a_, absl::Hours(4));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "refused: AUTHORIZATION_REQUIRED");
  EXPECT_EQ(a_->transport.count(), 1U);
}

TEST_F(TokenManagerTest, AnEndedAuthorizationIsCalledSo) {
  HaveExpired();
  a_->transport.Reply(Refused("shop_access_expired", "Your access to shop has expired."));
  a_->Get().Get();
  EXPECT_EQ(Stored()->authorization_required->reason, "AUTHORIZATION_ENDED");
}

TEST_F(TokenManagerTest, AnAnswerThatIsLostAndThenRefusedIsCalledSo) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(1);
  a_->transport.Reply(Failure(transport::HttpFailure::kNoAnswer));
  a_->transport.Reply(Refused());
  AdvanceUntilReady(*a_, caller.future());
  EXPECT_EQ(TokenOf(caller.Get()), "refused: AUTHORIZATION_REQUIRED");
  EXPECT_EQ(Stored()->authorization_required->reason, "REFRESH_ANSWER_LOST");
  EXPECT_EQ(a_->transport.count(), 2U);
}

TEST_F(TokenManagerTest, AnAnswerThatIsLostAndThenGrantedGoesOn) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.Reply(Failure(transport::HttpFailure::kTimedOut));
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  AdvanceUntilReady(*a_, caller.future());
  EXPECT_EQ(TokenOf(caller.Get()), "access-2");
  EXPECT_FALSE(Stored()->refresh.has_value());
}

TEST_F(TokenManagerTest, AnAnswerThatIsLostStaysKnownWhenTheNextTryHadNoEffect) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.Reply(Failure(transport::HttpFailure::kNoAnswer));
  a_->transport.Reply(Refused("error_rate_limit", "Too many requests."));
  AdvanceUntilReady(*a_, caller.future());
  EXPECT_EQ(TokenOf(caller.Get()), "refused: RATE_LIMITED");
  Advance(*a_, kPastBackoff);
  a_->transport.Reply(Refused());
  EXPECT_EQ(TokenOf(a_->Get().Get()), "refused: AUTHORIZATION_REQUIRED");
  EXPECT_EQ(Stored()->authorization_required->reason, "REFRESH_ANSWER_LOST");
}

TEST_F(TokenManagerTest, GarbageTwiceIsReportedAndKeepsTheLease) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.ReplyAlways(Answer("<html>oops</html>", 200, "text/html"));
  AdvanceUntilReady(*a_, caller.future());
  const TokenAnswer answer = caller.Get();
  ASSERT_TRUE(answer.refusal.has_value());
  EXPECT_EQ(answer.refusal->code, Code::kUnavailable);
  EXPECT_EQ(a_->transport.count(), 2U);
  ASSERT_TRUE(Stored()->refresh.has_value());
  EXPECT_EQ(Stored()->refresh->attempts, 2);
}

TEST_F(TokenManagerTest, TheDailyQuotaIsWaitedFor) {
  HaveExpired();
  a_->transport.ReplyAlways(Refused("error_limit", "reached the daily API call limit"));
  const TokenAnswer answer = a_->Get().Get();
  ASSERT_TRUE(answer.refusal.has_value());
  ASSERT_TRUE(answer.refusal->retry_after.has_value());
  const absl::Duration wait = *answer.refusal->retry_after;
  ASSERT_GT(wait, absl::Minutes(30));
  Advance(*a_, wait / 2);
  const TokenAnswer later = a_->Get().Get();
  EXPECT_EQ(TokenOf(later), "refused: DAILY_QUOTA");
  EXPECT_LE(*later.refusal->retry_after, wait / 2 + absl::Seconds(1));
  EXPECT_EQ(a_->transport.count(), 1U);
}

TEST_F(TokenManagerTest, AFreshTokenThatIsRefusedIsNotRefreshedAgainWithinAMinute) {
  HaveExpired();
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(TokenOf(a_->Replace("access-2").Get()), "refused: TOKEN_REJECTED");
    Advance(*a_, absl::Seconds(5));
  }
  EXPECT_EQ(a_->transport.count(), 1U);
  Advance(*a_, absl::Seconds(20));
  a_->transport.Reply(Granted("access-3", "refresh-3"));
  EXPECT_EQ(TokenOf(a_->Replace("access-2").Get()), "access-3");
}

TEST_F(TokenManagerTest, AnImportedTokenThatShopeeRejectsIsRefreshedAtOnce) {
  ASSERT_TRUE(a_->StoreNewPair(Pair()).ok());
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(a_->Replace("access-1").Get()), "access-2");
}

TEST_F(TokenManagerTest, ATokenThatIsNotTheCurrentOneIsReplacedWithoutTraffic) {
  ASSERT_TRUE(a_->StoreNewPair(Pair()).ok());
  EXPECT_EQ(TokenOf(a_->Replace("an-older-one").Get()), "access-1");
  EXPECT_EQ(a_->transport.count(), 0U);
}

TEST_F(TokenManagerTest, APairWithoutARefreshTokenEndsWithItsAccessToken) {
  tokens::TokenRecord record = Pair();
  record.pair.refresh_token = {};
  ASSERT_TRUE(a_->StoreNewPair(record).ok());
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-1");
  Advance(*a_, absl::Hours(4));
  const TokenAnswer answer = a_->Get().Get();
  EXPECT_EQ(TokenOf(answer), "refused: TOKEN_NOT_RENEWABLE");
  EXPECT_EQ(answer.refusal->code, Code::kUnauthenticated);
  EXPECT_EQ(a_->transport.count(), 0U);
}
TEST_F(TokenManagerTest, AClockThatJumpsForwardCostsOneRefresh) {
  ASSERT_TRUE(a_->StoreNewPair(Pair()).ok());
  clock_.JumpWall(absl::Hours(24 * 365));
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
  clock_.JumpWall(-absl::Hours(24 * 365));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
  EXPECT_EQ(a_->transport.count(), 1U);
  // Shopee's rejection counts more than our clock: the token is refreshed, once.
  a_->transport.Reply(Granted("access-3", "refresh-3"));
  EXPECT_EQ(TokenOf(a_->Replace("access-2").Get()), "access-3");
  EXPECT_EQ(TokenOf(a_->Replace("access-3").Get()), "refused: TOKEN_REJECTED");
  EXPECT_EQ(a_->transport.count(), 2U);
}

TEST_F(TokenManagerTest, AClockThatJumpsBackDoesNotStopARefusedTokenFromBeingRenewed) {
  ASSERT_TRUE(a_->StoreNewPair(Pair()).ok());
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  ASSERT_EQ(TokenOf(a_->RefreshNow().Get()), "access-2");
  clock_.JumpWall(-absl::Hours(10));
  a_->transport.Reply(Granted("access-3", "refresh-3"));
  EXPECT_EQ(TokenOf(a_->Replace("access-2").Get()), "access-3");
}

TEST_F(TokenManagerTest, AShopOfTheConfigurationHasItsTokenUntilShopeeRefusesIt) {
  tokens::TokenSettings settings = Settings();
  settings.configured[kShopId] = secrets::Secret("configured");
  const auto process = Start(std::move(settings));
  EXPECT_EQ(TokenOf(process->Get().Get()), "configured");
  EXPECT_EQ(TokenOf(process->Replace("configured").Get()), "refused: TOKEN_NOT_RENEWABLE");
  EXPECT_EQ(TokenOf(process->Get().Get()), "configured");
  EXPECT_EQ(process->transport.count(), 0U);
}

TEST_F(TokenManagerTest, WhatTheStoreKnowsOutranksTheConfiguration) {
  ASSERT_TRUE(repository_.Put(Pair()).ok());
  tokens::TokenSettings settings = Settings();
  settings.configured[kShopId] = secrets::Secret("configured");
  const auto process = Start(std::move(settings));
  EXPECT_EQ(TokenOf(process->Get().Get()), "access-1");
}

TEST_F(TokenManagerTest, ALoginDuringARefreshOutranksItsPair) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(1);
  Advance(*a_, absl::Seconds(2));
  ASSERT_TRUE(a_->StoreNewPair(Pair(absl::Hours(4), "person")).ok());
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-person");
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(caller.Get()), "access-person");
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-person");
}

TEST_F(TokenManagerTest, ALoginDuringARefusedRefreshStaysUsable) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(1);
  ASSERT_TRUE(a_->StoreNewPair(Pair(absl::Hours(4), "person")).ok());
  a_->transport.Reply(Refused());
  EXPECT_EQ(TokenOf(caller.Get()), "access-person");
  EXPECT_FALSE(Stored()->authorization_required.has_value());
}

TEST_F(TokenManagerTest, AReadThatBeganBeforeALoginDoesNotHideItsPair) {
  ASSERT_TRUE(repository_.Put(Pair()).ok());
  a_->store->HoldReads();
  TokenWaiter caller = a_->Get();
  a_->store->AwaitHeldRead();
  std::future<absl::StatusOr<tokens::TokenRecord>> adopted =
      StartOnLoop(a_->loop, a_->token_manager->StoreNewPair(Pair(absl::Hours(4), "person")));
  a_->store->Heal();
  ASSERT_TRUE(adopted.get().ok());
  caller.Get();
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-person");
}

TEST_F(TokenManagerTest, ANewLoginClearsTheAuthorizationRequirement) {
  HaveExpired();
  a_->transport.Reply(Refused());
  a_->Get().Get();
  ASSERT_TRUE(a_->StoreNewPair(Pair(absl::Hours(4), "person")).ok());
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-person");
}

TEST_F(TokenManagerTest, AForgottenShopIsUnknownAndStaysSo) {
  ASSERT_TRUE(a_->StoreNewPair(Pair()).ok());
  ASSERT_EQ(TokenOf(a_->Get().Get()), "access-1");
  ASSERT_TRUE(RunOnLoop(a_->loop, a_->token_manager->Forget(kShop)).value());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(TokenOf(a_->Get().Get()), "refused: NO_ACCESS_TOKEN");
    Advance(*a_, absl::Hours(1));
  }
  EXPECT_FALSE(RunOnLoop(a_->loop, a_->token_manager->Forget(kShop)).value());
}

TEST_F(TokenManagerTest, AShopThatIsForgottenDuringARefreshStaysForgotten) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(1);
  ASSERT_TRUE(RunOnLoop(a_->loop, a_->token_manager->Forget(kShop)).value());
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(caller.Get()), "refused: NO_ACCESS_TOKEN");
  EXPECT_TRUE(Stored()->forgotten);
  EXPECT_TRUE(Stored()->pair.refresh_token.empty());
}

TEST_F(TokenManagerTest, ClosingWaitsForARefreshThatWasSentAndKeepsItsPair) {
  HaveExpired();
  TokenWaiter caller = a_->Get();
  a_->transport.AwaitRequests(1);
  std::future<bool> closed = StartOnLoop(a_->loop, a_->Closed());
  EXPECT_EQ(closed.wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
  EXPECT_EQ(TokenOf(a_->Replace("access-0").Get()), "refused: CANCELLED");
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_TRUE(closed.get());
  EXPECT_EQ(TokenOf(caller.Get()), "access-2");
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-2");
}

TEST_F(TokenManagerTest, ARecordThatWasRefreshedBeforeTheStartIsNoNewsOfThisProcess) {
  tokens::TokenRecord record = Pair();
  record.refreshed = true;
  ASSERT_TRUE(repository_.Put(record).ok());
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-1");
  EXPECT_EQ(a_->events.Count(TokenEvent::kRefreshed), 0);
}

}  // namespace
}  // namespace firstmile::testing
