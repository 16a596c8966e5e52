// A refresh that has to wait, or whose process is suspended, sends nothing once its claim is too old.
#include <gtest/gtest.h>

#include "errors/failure.h"
#include "tokens/emulated_process.h"

namespace firstmile::testing {
namespace {

using Hold = GateTransport::Hold;

TEST_F(EmulatedTokensTest, ARefreshThatIsHeldBackBeyondItsLeaseIsSentByOneProcessAlone) {
  a_->gate.Close(Hold::kRequests);
  TokenWaiter held_back = a_->Get(kShopId);
  a_->gate.AwaitHeld(1);
  TokenWaiter other = b_->Get(kShopId);
  AdvanceUntilItSends(*b_);
  EXPECT_EQ(TokenOf(other.Get()), State().access_token);
  a_->gate.Open();
  EXPECT_EQ(TokenOf(held_back.Get()), State().access_token);
  EXPECT_EQ(RefreshesSeen(), 1);
  EXPECT_EQ(State().refreshes, 1U);
  EXPECT_EQ(State().lost_refreshes, 0U);
}

TEST_F(EmulatedTokensTest, ARefreshThatIsDelayedTooLongWithoutACompetitorClaimsAnew) {
  a_->gate.Close(Hold::kRequests);
  TokenWaiter held_back = a_->Get(kShopId);
  a_->gate.AwaitHeld(1);
  const tokens::Version first = Stored()->version;
  clock_.Advance(absl::Seconds(6));  // a third of the lease is five
  a_->gate.Open();
  EXPECT_EQ(TokenOf(held_back.Get()), State().access_token);
  EXPECT_EQ(a_->gate.requests(), 2);
  EXPECT_EQ(RefreshesSeen(), 1) << "the first of them did not leave";
  EXPECT_NE(Stored()->version, first);
}

class TokenCallsTest : public StoredTokensTest {
 protected:
  static constexpr int kShops = static_cast<int>(tokens::kTokenCallsMax) + 1;
  static tokens::Subject LastShop() { return tokens::Shop(kShopId + kShops - 1); }

  TokenCallsTest() : a_(Start()), b_(Start()) {
    for (int i = 0; i < kShops; ++i) {
      tokens::TokenRecord record = Pair(absl::ZeroDuration());
      record.subject = tokens::Shop(kShopId + i);
      EXPECT_TRUE(repository_.Put(record).ok());
    }
  }
  static TokenWaiter Get(TokenProcess& process, std::int64_t shop) {
    return TokenWaiter(StartOnLoop(process.loop, process.token_manager->Get(tokens::Shop(shop), {})));
  }

  // Refreshes of all shops but the last, whose requests are sent and wait for a reply.
  std::vector<TokenWaiter> UseEveryPermit() {
    std::vector<TokenWaiter> callers;
    for (int i = 0; i < kShops - 1; ++i) callers.push_back(Get(*a_, kShopId + i));
    a_->transport.AwaitRequests(kShops - 1);
    return callers;
  }

  std::unique_ptr<TokenProcess> a_;
  std::unique_ptr<TokenProcess> b_;
};

TEST_F(TokenCallsTest, ARefreshWaitsForItsTurnWithoutAClaim) {
  std::vector<TokenWaiter> callers = UseEveryPermit();
  TokenWaiter last = Get(*a_, LastShop().id);
  Advance(*a_, absl::Seconds(9));
  EXPECT_EQ(a_->transport.count(), tokens::kTokenCallsMax);
  EXPECT_FALSE(Stored(LastShop())->refresh.has_value());

  b_->transport.Reply(Granted("access-b", "refresh-b"));
  EXPECT_EQ(TokenOf(Get(*b_, LastShop().id).Get()), "access-b");
  a_->transport.ReplyAlways(Granted("access-a", "refresh-a"));
  EXPECT_EQ(TokenOf(last.Get()), "access-b");
  EXPECT_EQ(a_->transport.count(), tokens::kTokenCallsMax);
  for (TokenWaiter& caller : callers) EXPECT_EQ(TokenOf(caller.Get()), "access-a");
}

TEST_F(TokenCallsTest, ARefreshWhoseTurnDoesNotComeIsRefusedWithoutHavingBeenSent) {
  std::vector<TokenWaiter> callers = UseEveryPermit();
  TokenWaiter last = Get(*a_, LastShop().id);
  Advance(*a_, absl::Seconds(61));
  const tokens::TokenAnswer answer = last.Get();
  EXPECT_EQ(TokenOf(answer), "refused: SIDECAR_OVERLOADED");
  const google::rpc::Status status = tokens::StatusOf(*answer.refusal, "S/M");
  EXPECT_TRUE(errors::FailureOf(status).has_retry_delay());
  EXPECT_FALSE(Stored(LastShop())->refresh.has_value());
  a_->transport.ReplyAlways(Granted("access-a", "refresh-a"));
  for (TokenWaiter& caller : callers) EXPECT_EQ(TokenOf(caller.Get()), "access-a");
}

// The code is not used up, and the seller need not log in again.
TEST_F(TokenCallsTest, ALoginWhoseTurnDoesNotComeIsRefusedInTheSameWay) {
  std::vector<TokenWaiter> callers = UseEveryPermit();
  auto login = StartOnLoop(a_->loop,
                           a_->token_manager->client().RedeemForShop(secrets::Secret("code"), LastShop().id));
  Advance(*a_, absl::Seconds(61));
  const tokens::GrantAnswer answer = login.get();
  EXPECT_EQ(answer.end, tokens::GrantEnd::kNotApplied);
  EXPECT_EQ(answer.error_class.code, errors::Code::kResourceExhausted);
  EXPECT_EQ(answer.error_class.reason, "SIDECAR_OVERLOADED");
  EXPECT_EQ(a_->transport.count(), tokens::kTokenCallsMax) << "it was not sent";
  a_->transport.ReplyAlways(Granted("access-a", "refresh-a"));
  for (TokenWaiter& caller : callers) EXPECT_EQ(TokenOf(caller.Get()), "access-a");
}

}  // namespace
}  // namespace firstmile::testing
