// A pair whose answer was lost: recovered if Shopee returns the same pair for a used refresh token for a
// while; otherwise the seller must log in. The sidecar acts the same way in both cases.
#include <gtest/gtest.h>

#include "tokens/emulated_process.h"

namespace firstmile::testing {
namespace {

using Hold = GateTransport::Hold;

constexpr std::chrono::hours kGrace{4};

class LostPairTest : public EmulatedTokensTest {
 protected:
  using EmulatedTokensTest::EmulatedTokensTest;

  // The first process sends its refresh and dies when the answer arrives.
  void OneDiesWithTheAnswer() {
    a_->gate.Close(Hold::kAnswers);
    dead_.emplace(a_->Get(kShopId));
    a_->gate.AwaitHeld(1);
    ASSERT_EQ(State().refreshes, 1U);
  }
  // Loses Shopee's answer to the next refresh.
  void LoseTheNextAnswer() {
    emulator::Fault fault = *emulator::PresetFault("lost_answer");
    fault.path = "/api/v2/auth/access_token/get";
    fault.times = 1;
    upstream_.SetFault(fault);
  }

  std::optional<TokenWaiter> dead_;
};

class LostPairWithGraceTest : public LostPairTest {
 protected:
  LostPairWithGraceTest() : LostPairTest(kGrace) {}
};

TEST_F(LostPairWithGraceTest, ThatDiedWithItsProcessIsBroughtBackByOneTrialOfTheNextHolder) {
  OneDiesWithTheAnswer();
  TokenWaiter next = b_->Get(kShopId);
  AdvanceUntilItSends(*b_);
  EXPECT_EQ(TokenOf(next.Get()), State().access_token);
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), State().refresh_token);
  EXPECT_FALSE(Stored()->authorization_required.has_value());
  EXPECT_EQ(State().refreshes, 1U);
  EXPECT_EQ(State().repeated_refreshes, 1U);
  EXPECT_EQ(RefreshesSeen(), 2);
}

TEST_F(LostPairWithGraceTest, WhoseAnswerWasCutIsBroughtBackByTheSameProcess) {
  LoseTheNextAnswer();
  TokenWaiter caller = a_->Get(kShopId);
  AdvanceUntilItSends(*a_);
  while (State().refreshes == 0) std::this_thread::yield();
  while (!caller.Ready()) {
    if (a_->gate.requests() == 1) clock_.Advance(absl::Milliseconds(100));
    a_->Settle();
  }
  EXPECT_EQ(TokenOf(caller.Get()), State().access_token);
  EXPECT_EQ(State().repeated_refreshes, 1U);
}

TEST_F(LostPairWithGraceTest, ThatTwoProcessesHaveIsOnePairInTheStore) {
  OneDiesWithTheAnswer();
  TokenWaiter next = b_->Get(kShopId);
  AdvanceUntilItSends(*b_);
  ASSERT_EQ(TokenOf(next.Get()), State().access_token);
  const std::int64_t generation = Stored()->generation;
  a_->gate.Open();  // it was only suspended
  EXPECT_EQ(TokenOf(dead_->Get()), State().access_token);
  EXPECT_EQ(Stored()->generation, generation);
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), State().refresh_token);
}

TEST_F(LostPairTest, ThatDiedWithItsProcessIsACaseForItsSellerAfterOneTrial) {
  OneDiesWithTheAnswer();
  TokenWaiter next = b_->Get(kShopId);
  AdvanceUntilItSends(*b_);
  EXPECT_EQ(TokenOf(next.Get()), "refused: AUTHORIZATION_REQUIRED");
  ASSERT_TRUE(Stored()->authorization_required.has_value());
  EXPECT_EQ(Stored()->authorization_required->reason, "REFRESH_ANSWER_LOST");
  for (int hour = 0; hour < 8; ++hour) {
    clock_.Advance(absl::Hours(1));
    EXPECT_EQ(TokenOf(b_->Get(kShopId).Get()), "refused: AUTHORIZATION_REQUIRED");
  }
  EXPECT_EQ(RefreshesSeen(), 2);
}

TEST_F(LostPairTest, WhoseTrialIsRefusedCostsNothingThatWasNotLost) {
  tokens::TokenRecord live = *Stored();
  live.access_expires = clock_.Now() + absl::Hours(1);
  ASSERT_TRUE(repository_.Put(live).ok());
  ASSERT_EQ(TokenOf(b_->Get(kShopId).Get()), "access-1");
  dead_.emplace(a_->RefreshNow(kShopId, GateTransport::Hold::kAnswers));
  a_->gate.AwaitHeld(1);
  TokenWaiter trial = b_->RefreshNow(kShopId, GateTransport::Hold::kNothing);
  AdvanceUntilItSends(*b_);
  EXPECT_EQ(TokenOf(trial.Get()), "refused: AUTHORIZATION_REQUIRED");
  EXPECT_EQ(TokenOf(b_->Get(kShopId).Get()), "access-1") << "it lives for an hour";
  a_->gate.Open();  // it was only suspended, and has the pair
  EXPECT_EQ(TokenOf(dead_->Get()), State().access_token);
  EXPECT_FALSE(Stored()->authorization_required.has_value());
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), State().refresh_token);
}

}  // namespace
}  // namespace firstmile::testing
