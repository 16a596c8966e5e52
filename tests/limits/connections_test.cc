// Sharing the connections of a loop.
#include "limits/limiter_fixture.h"

namespace firstmile::limits {
namespace {

LimiterOptions Narrow(std::size_t connections) {
  LimiterOptions options = Fast();
  options.connections_max = connections;
  return options;
}

TEST_F(LimiterTest, NoMoreCallsAreSentThanThereAreConnections) {
  Make(Narrow(2));
  Call& first = Ask(1);
  EXPECT_TRUE(Ask(2).left());
  Call& third = Ask(3);
  EXPECT_TRUE(third.waits());
  EXPECT_EQ(Counts().in_flight, 2U);
  End(first);
  EXPECT_TRUE(third.left());
}

TEST_F(LimiterTest, ShopsTakeTurnsForConnections) {
  Make(Narrow(1));
  Call& first = Ask(1);
  std::vector<Call*> many;
  for (int i = 0; i < 3; ++i) many.push_back(&Ask(1));
  Call& of_another = Ask(2);
  End(first);
  EXPECT_TRUE(many[0]->left());
  End(*many[0]);
  EXPECT_TRUE(of_another.left());
  EXPECT_TRUE(many[1]->waits());
  End(of_another);
  EXPECT_TRUE(many[1]->left());
}

TEST_F(LimiterTest, AShopThatGaveUpDoesNotDelayOthers) {
  Make(Narrow(1));
  Call& first = Ask(1);
  Call& gave_up = Ask(2);
  Call& next = Ask(3);
  gave_up.stop.request_stop();
  Settle();
  End(first);
  EXPECT_TRUE(next.left());
}

TEST_F(LimiterTest, ANewCallDoesNotOvertakeThoseThatWaitForAConnection) {
  Make(Narrow(1));
  Call& first = Ask(1);
  Call& waiting = Ask(2);
  Call& later = Ask(3);
  End(first);
  EXPECT_TRUE(waiting.left());
  EXPECT_TRUE(later.waits());
}

TEST_F(LimiterTest, CallsThatWaitForAConnectionDoNotRaiseTheRate) {
  LimiterOptions options = Narrow(1);
  options.rate.initial_rate = 100;
  Make(options);
  ServeOneASecond();
  EXPECT_EQ(Rate(1), 100);
}

TEST_F(LimiterTest, ACallThatWouldWaitTooLongForAConnectionIsRefusedAtOnce) {
  Make(Narrow(1));
  Call& slow = Ask(1);
  Pass(absl::Seconds(10));
  End(slow);
  Ask(1);
  Ask(2);
  Call& hasty =
      Ask(CallTicket{.subject = subjects::Shop(3), .operation = kList, .deadline = In(absl::Seconds(15))});
  ASSERT_TRUE(hasty.RefusedAs(Code::kResourceExhausted, kConcurrencyLimited));
  EXPECT_EQ(hasty.retry_after(), absl::Seconds(20));
  EXPECT_NE(hasty.end->refusal->message.find("all connections"), std::string::npos);
  EXPECT_TRUE(
      Ask(CallTicket{.subject = subjects::Shop(3), .operation = kList, .deadline = In(absl::Seconds(25))})
          .waits());
}

TEST_F(LimiterTest, AShopsTurnComesAfterAllCallsThatWaitAtTheLatest) {
  Make(Narrow(1));
  Call& slow = Ask(1);
  Pass(absl::Seconds(10));
  End(slow);
  for (std::int64_t shop = 1; shop <= 3; ++shop) Ask(shop);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(Ask(4).waits());
  // Four calls are ahead of it, not two for each of four shops.
  EXPECT_TRUE(
      Ask(CallTicket{.subject = subjects::Shop(4), .operation = kList, .deadline = In(absl::Seconds(55))})
          .waits());
}

TEST_F(LimiterTest, AnAnswerThatContinuesLetsTheShopsNextCallStart) {
  Make(Fast());
  for (int i = 0; i < 5; ++i) {
    Call& silent = Ask(1);
    Pass(absl::Seconds(1));
    EndSilently(silent);
  }
  Call& file = Ask(1);
  Call& next = Ask(1);
  EXPECT_TRUE(next.waits()) << "the shop may have one call at Shopee";
  Answer(file);
  Settle();
  EXPECT_TRUE(next.left());
}

TEST_F(LimiterTest, WhatNeverLeftSaysNothingOfHowLongCallsTake) {
  Make(Narrow(1));
  Call& slow = Ask(1);
  Pass(absl::Seconds(10));
  End(slow);
  calls_are_sent_ = false;
  for (int i = 0; i < 10; ++i) End(Ask(1));
  calls_are_sent_ = true;
  Ask(1);
  EXPECT_TRUE(
      Ask(CallTicket{.subject = subjects::Shop(2), .operation = kList, .deadline = In(absl::Seconds(9))})
          .RefusedAs(Code::kResourceExhausted, kConcurrencyLimited));
}

}  // namespace
}  // namespace firstmile::limits
