// A shop's places at the platform.
#include "limits/limiter_fixture.h"

namespace firstmile::limits {
namespace {

using LimiterPlacesTest = LimiterTest;

TEST_F(LimiterPlacesTest, AShopHoldsAtMostItsShareOfThePlatform) {
  LimiterOptions options = Fast();
  options.in_flight_per_shop = 2;
  Make(options);
  Call& first = Ask(1);
  EXPECT_TRUE(Ask(1, kBind).left());
  Call& third = Ask(1);
  EXPECT_TRUE(third.waits());
  EXPECT_TRUE(Ask(2).left());
  EXPECT_EQ(Counts().in_flight, 3U);
  End(first);
  EXPECT_TRUE(third.left());
}

TEST_F(LimiterPlacesTest, CallsThatWaitForPlacesDoNotRaiseTheRate) {
  LimiterOptions options = Fast();
  options.rate.initial_rate = 100;
  options.in_flight_per_shop = 1;
  Make(options);
  Ask(1);
  for (int i = 0; i < 10; ++i) Ask(1);
  for (std::size_t i = 0; i < 10; ++i) {
    Pass(absl::Seconds(1));
    End(calls_[i]);
  }
  EXPECT_TRUE(calls_[10].left());
  EXPECT_EQ(Rate(1), 100);
}

TEST_F(LimiterPlacesTest, OperationsOfAShopTakeTurnsForItsPlaces) {
  LimiterOptions options = Fast();
  options.in_flight_per_shop = 1;
  Make(options);
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

TEST_F(LimiterPlacesTest, AShopThatWasNeverRefusedIsTriedWithFewCallsFirst) {
  LimiterOptions options = Fast();
  options.rate.unproven_in_flight = 1;
  options.rate.in_flight_per_accepted = 1;
  Make(options);
  Call& first = Ask(1);
  Call& second = Ask(1);
  Call& third = Ask(1);
  EXPECT_TRUE(second.waits());
  On([&] { limiter_->OnAccepted(1, kList, Now()); });
  End(first);
  EXPECT_TRUE(second.left() && third.left());
}

TEST_F(LimiterPlacesTest, HoldingsOfAHangingShopRefuseWhatCannotWait) {
  LimiterOptions options = Fast();
  options.in_flight_per_shop = 1;
  Make(options);
  Call& slow = Ask(1);
  Pass(absl::Seconds(10));
  End(slow);
  Ask(1);
  Call& hasty = Ask(CallTicket{.shop_id = 1, .operation = kList, .deadline = In(absl::Seconds(5))});
  ASSERT_TRUE(hasty.RefusedAs(Code::kResourceExhausted, kUpstreamSlow));
  EXPECT_EQ(hasty.retry_after(), absl::Seconds(10));
  EXPECT_NE(hasty.end->refusal->message.find("1 at present, take 10s each"), std::string::npos)
      << hasty.end->refusal->message;
}

TEST_F(LimiterPlacesTest, AShopWhoseCallsHangIsDownToOnePlaceAfterOneRound) {
  LimiterOptions options = Fast();
  options.in_flight_per_shop = 8;
  Make(options);
  for (int i = 0; i < 8; ++i) Ask(1);
  const MonotonicTime sent_at = Now();
  Pass(absl::Seconds(10));
  for (int i = 0; i < 8; ++i) EndSilently(calls_[static_cast<std::size_t>(i)], sent_at);
  EXPECT_TRUE(Ask(1).left());
  EXPECT_TRUE(Ask(1).waits());
  EXPECT_TRUE(Ask(2).left());
}

TEST_F(LimiterPlacesTest, EachAnswerGivesAHangingShopOnePlaceBack) {
  LimiterOptions options = Fast();
  options.in_flight_per_shop = 2;
  Make(options);
  Call& silent = Ask(1);
  const MonotonicTime sent_at = Now();
  Pass(absl::Seconds(10));
  EndSilently(silent, sent_at);
  Call& answered = Ask(1);
  EXPECT_TRUE(Ask(1).waits());
  On([&] { limiter_->OnAccepted(1, kList, Now()); });
  End(answered);
  EXPECT_EQ(Counts().in_flight, 1U);
  EXPECT_TRUE(Ask(1).left());
}

TEST_F(LimiterPlacesTest, CallersThatLeaveASlowPlatformEarlyTakeNoPlaceFromTheirShop) {
  LimiterOptions options = Fast();
  options.in_flight_per_shop = 2;
  Make(options);
  Call& answered = Ask(1);
  MonotonicTime sent_at = Now();
  Pass(absl::Seconds(2));
  On([&] { limiter_->OnAccepted(1, kList, sent_at); });
  End(answered);
  Call& left_early = Ask(1);
  sent_at = Now();
  Pass(absl::Seconds(3));
  EndSilently(left_early, sent_at);
  EXPECT_TRUE(Ask(1).left());
  EXPECT_TRUE(Ask(1).left());
}

TEST_F(LimiterPlacesTest, CallersThatLeaveSoonTakeNoPlaceFromTheirShop) {
  LimiterOptions options = Fast();
  options.in_flight_per_shop = 2;
  Make(options);
  Call& short_lived = Ask(1);
  const MonotonicTime sent_at = Now();
  Pass(absl::Milliseconds(999));
  EndSilently(short_lived, sent_at);
  EXPECT_TRUE(Ask(1).left());
  EXPECT_TRUE(Ask(1).left());
}

}  // namespace
}  // namespace firstmile::limits
