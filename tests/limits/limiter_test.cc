// Rates, queues and fair sharing.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "limits/limiter_fixture.h"

namespace firstmile::limits {
namespace {

TEST_F(LimiterTest, CallsOfAShopAndOperationAreSentAtTheRate) {
  Make(Slow());
  EXPECT_TRUE(Ask(1).left());
  Call& second = Ask(1);
  Call& third = Ask(1);
  Pass(absl::Milliseconds(999));
  EXPECT_TRUE(second.waits());
  Pass(absl::Milliseconds(1));
  EXPECT_TRUE(second.left());
  EXPECT_EQ(second.end->waited, absl::Seconds(1));
  EXPECT_TRUE(third.waits());
  Pass(absl::Seconds(1));
  EXPECT_TRUE(third.left());
}

TEST_F(LimiterTest, OtherShopsAndOperationsHaveTheirOwnRate) {
  Make(Slow());
  EXPECT_TRUE(Ask(1).left());
  EXPECT_TRUE(Ask(2).left());
  EXPECT_TRUE(Ask(1, kBind).left());
  EXPECT_TRUE(Ask(1).waits());
}

TEST_F(LimiterTest, AMerchantAndAShopOfTheSameNumberDoNotShareARate) {
  Make(Slow());
  EXPECT_TRUE(Ask(7).left());
  EXPECT_TRUE(Ask(7).waits());
  const CallTicket ticket{.subject = subjects::Merchant(7), .operation = kList};
  EXPECT_TRUE(Ask(ticket).left());
  EXPECT_TRUE(Ask(ticket).waits());
}

TEST_F(LimiterTest, ThePartnersCallsShareARateOfTheirOwn) {
  Make(Slow());
  EXPECT_TRUE(Ask(0).left());
  const CallTicket ticket{.subject = subjects::Partner(), .operation = kList};
  EXPECT_TRUE(Ask(ticket).left());
  EXPECT_TRUE(Ask(ticket).waits());
}

TEST_F(LimiterTest, ARefusalNamesTheKindOfCaller) {
  Make(Slow());
  Ask(CallTicket{.subject = subjects::Merchant(7), .operation = kList});
  const Call& late = Ask(CallTicket{
      .subject = subjects::Merchant(7), .operation = kList, .deadline = In(absl::Milliseconds(1))});
  ASSERT_TRUE(late.RefusedAs(Code::kResourceExhausted, kRateLimited));
  EXPECT_NE(late.end->refusal->message.find("for this merchant"), std::string::npos)
      << late.end->refusal->message;
}

TEST_F(LimiterTest, ACallThatCannotBeSentBeforeItsDeadlineIsRefusedAtOnce) {
  LimiterOptions options = Slow();
  Make(options);
  RateLimit(Ask(1));  // from now on the rate hardly grows
  for (int i = 0; i < 9; ++i) Ask(1);
  Call& tenth =
      Ask(CallTicket{.subject = subjects::Shop(1), .operation = kList, .deadline = In(absl::Seconds(5))});
  ASSERT_TRUE(tenth.RefusedAs(Code::kResourceExhausted, kRateLimited));
  EXPECT_GT(tenth.retry_after(), absl::Seconds(9));
  EXPECT_LT(tenth.retry_after(), absl::Seconds(15));
  EXPECT_NE(tenth.end->refusal->message.find("the sidecar limits"), std::string::npos);
  EXPECT_TRUE(
      Ask(CallTicket{.subject = subjects::Shop(1), .operation = kList, .deadline = In(absl::Minutes(1))})
          .waits());
}

TEST_F(LimiterTest, ACallWhoseDeadlinePassesInTheQueueDoesNotDelayOthers) {
  Make(Slow());
  Ask(1);
  Call& late = Ask(CallTicket{
      .subject = subjects::Shop(1), .operation = kList, .deadline = In(absl::Milliseconds(1'500))});
  Call& next = Ask(1);
  Pass(absl::Seconds(2));
  EXPECT_TRUE(late.RefusedAs(Code::kDeadlineExceeded, kDeadlineExceeded));
  EXPECT_TRUE(next.left());
}

TEST_F(LimiterTest, TheQueueOfAShopAndOperationIsBounded) {
  LimiterOptions options = Slow();
  options.queue.queue_max = 2;
  Make(options);
  Ask(1);
  EXPECT_TRUE(Ask(1).waits());
  EXPECT_TRUE(Ask(1).waits());
  Call& fourth = Ask(1);
  EXPECT_TRUE(fourth.RefusedAs(Code::kResourceExhausted, kSidecarOverloaded));
  EXPECT_GT(fourth.retry_after(), absl::ZeroDuration());
  EXPECT_THAT(fourth.end->refusal->message,
              ::testing::StartsWith(absl::StrCat("Not sent: 2 calls of ", kList)));
  EXPECT_TRUE(Ask(CallTicket{.subject = subjects::Shop(1), .operation = kList, .again = true}).waits());
}

TEST_F(LimiterTest, AllQueuesTogetherAreBounded) {
  LimiterOptions options = Slow();
  options.queue.queued_max = 2;
  Make(options);
  for (std::int64_t shop = 1; shop <= 3; ++shop) Ask(shop);
  EXPECT_TRUE(Ask(1).waits());
  EXPECT_TRUE(Ask(2).waits());
  EXPECT_EQ(Counts().queued, 2U);
  EXPECT_TRUE(Ask(3).RefusedAs(Code::kResourceExhausted, kSidecarOverloaded));
}

TEST_F(LimiterTest, CallersTakeTurns) {
  Make(Slow());
  Ask(1);
  Call& first_of_many = Ask(1, kList, "many");
  Call& second_of_many = Ask(1, kList, "many");
  Call& only = Ask(1, kList, "single");
  Pass(absl::Seconds(1));
  EXPECT_TRUE(first_of_many.left());
  Pass(absl::Seconds(1));
  EXPECT_TRUE(only.left());
  EXPECT_TRUE(second_of_many.waits());
}

TEST_F(LimiterTest, ARefusedCallGoesAheadOfItsCallersOtherCalls) {
  Make(Slow());
  Ask(1);
  Call& first = Ask(1);
  Call& again = Ask(CallTicket{.subject = subjects::Shop(1), .operation = kList, .again = true});
  Pass(absl::Seconds(1));
  EXPECT_TRUE(again.left());
  EXPECT_TRUE(first.waits());
}

TEST_F(LimiterTest, AStoppedCallLetsTheNextOneProceed) {
  Make(Slow());
  Ask(1);
  Call& stopped = Ask(1);
  Call& next = Ask(1);
  stopped.stop.request_stop();
  Settle();
  EXPECT_TRUE(stopped.RefusedAs(Code::kCancelled, kStoppedWaiting));
  EXPECT_EQ(Counts().queued, 1U);
  Pass(absl::Seconds(1));
  EXPECT_TRUE(next.left());
}

TEST_F(LimiterTest, ARefusalTeachesARateBelowWhatWasAccepted) {
  Make(Fast());
  for (int i = 0; i < 9; ++i) Answer(Ask(1));
  RateLimit(Ask(1));
  EXPECT_NEAR(Rate(1), 9, 0.01);
  EXPECT_EQ(Counts().throttled, 1U);
  EXPECT_TRUE(Ask(1).waits());
}

TEST_F(LimiterTest, RefusalsOfCallsThatLeftBeforeABackOffCountOnce) {
  Make(Fast());
  for (int i = 0; i < 3; ++i) Ask(1);
  Pass(absl::Milliseconds(50));
  RateLimit(calls_[0]);
  const double rate = Rate(1);
  RateLimit(calls_[1]);
  RateLimit(calls_[2]);
  EXPECT_EQ(Rate(1), rate);
  EXPECT_EQ(Counts().back_offs, 1U);
  Pass(absl::Seconds(2));
  RateLimit(Ask(1));
  EXPECT_EQ(Counts().back_offs, 2U);
}

TEST_F(LimiterTest, APauseThatShopeeAsksForIsKeptWithinABound) {
  Make(Fast());
  Call& refused = Ask(1);
  RateLimit(refused, absl::Seconds(7));
  End(refused);
  Call& call = Ask(1);
  Pass(absl::Milliseconds(6'999));
  EXPECT_TRUE(call.waits());
  Pass(absl::Milliseconds(1));
  EXPECT_TRUE(call.left());
  RateLimit(call, absl::Hours(100));
  End(call);
  Call& after = Ask(1);
  Pass(absl::Minutes(1));
  EXPECT_TRUE(after.left());
}

}  // namespace
}  // namespace firstmile::limits
