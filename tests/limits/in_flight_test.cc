// The limit on a shop's concurrent calls at Shopee.
#include "limits/limiter_fixture.h"

namespace firstmile::limits {
namespace {

using InFlightTest = LimiterTest;

LimiterOptions WithShopsLimitedTo(int calls) {
  LimiterOptions options = Fast();
  options.in_flight_per_shop = calls;
  return options;
}

TEST_F(InFlightTest, AShopHasAtMostItsShareOfShopee) {
  Make(WithShopsLimitedTo(2));
  Call& first = Ask(1);
  EXPECT_TRUE(Ask(1, kBind).left());
  Call& third = Ask(1);
  EXPECT_TRUE(third.waits());
  EXPECT_TRUE(Ask(2).left());
  EXPECT_EQ(Counts().in_flight, 3U);
  End(first);
  EXPECT_TRUE(third.left());
}

TEST_F(InFlightTest, CallsThatWaitForOthersOfTheirShopDoNotRaiseTheRate) {
  LimiterOptions options = WithShopsLimitedTo(1);
  options.rate.initial_rate = 100;
  Make(options);
  ServeOneASecond();
  EXPECT_EQ(Rate(1), 100);
}

TEST_F(InFlightTest, OperationsOfAShopTakeTurns) {
  Make(WithShopsLimitedTo(1));
  Call& first = Ask(1);
  Call& second = Ask(1);
  Call& third = Ask(1);
  Call& other = Ask(1, kBind);
  End(first);
  ASSERT_NE(second.left(), other.left());
  End(second.left() ? second : other);
  EXPECT_TRUE(second.left() && other.left());
  EXPECT_TRUE(third.waits());
}

TEST_F(InFlightTest, AHangingShopRefusesWhatCannotWait) {
  Make(WithShopsLimitedTo(1));
  Call& slow = Ask(1);
  Pass(absl::Seconds(10));
  End(slow);
  Ask(1);
  Call& hasty =
      Ask(CallTicket{.subject = subjects::Shop(1), .operation = kList, .deadline = In(absl::Seconds(5))});
  ASSERT_TRUE(hasty.RefusedAs(Code::kResourceExhausted, kConcurrencyLimited));
  EXPECT_EQ(hasty.retry_after(), absl::Seconds(10));
  EXPECT_NE(hasty.end->refusal->message.find("has 1 calls at Shopee that take 10s each"), std::string::npos)
      << hasty.end->refusal->message;
}

TEST_F(InFlightTest, AShopWhoseCallsHangIsDownToOneAfterOneRound) {
  Make(WithShopsLimitedTo(8));
  for (int i = 0; i < 8; ++i) Ask(1);
  Pass(absl::Seconds(10));
  for (std::size_t i = 0; i < 8; ++i) EndSilently(calls_[i]);
  EXPECT_TRUE(Ask(1).left());
  EXPECT_TRUE(Ask(1).waits());
  EXPECT_TRUE(Ask(2).left());
}

TEST_F(InFlightTest, EachAnswerAllowsAHangingShopOneMore) {
  Make(WithShopsLimitedTo(2));
  Call& silent = Ask(1);
  Pass(absl::Seconds(10));
  EndSilently(silent);
  Call& answered = Ask(1);
  EXPECT_TRUE(Ask(1).waits());
  EndWithAnswer(answered);
  EXPECT_EQ(Counts().in_flight, 1U);
  EXPECT_TRUE(Ask(1).left());
}

TEST_F(InFlightTest, CallersThatCancelEarlyAtASlowPlatformDoNotLowerTheirShopsLimit) {
  Make(WithShopsLimitedTo(2));
  Call& answered = Ask(1);
  Pass(absl::Seconds(2));
  EndWithAnswer(answered);
  Call& left_early = Ask(1);
  Pass(absl::Seconds(3));
  EndSilently(left_early);
  EXPECT_TRUE(Ask(1).left());
  EXPECT_TRUE(Ask(1).left());
}

TEST_F(InFlightTest, CallersThatCancelSoonDoNotLowerTheirShopsLimit) {
  Make(WithShopsLimitedTo(2));
  Call& short_lived = Ask(1);
  Pass(absl::Milliseconds(499));
  EndSilently(short_lived);
  EXPECT_TRUE(Ask(1).left());
  EXPECT_TRUE(Ask(1).left());
}

}  // namespace
}  // namespace firstmile::limits
