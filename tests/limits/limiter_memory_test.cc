// When idle shops are forgotten.
#include "limits/limiter_fixture.h"

namespace firstmile::limits {
namespace {

using LimiterMemoryTest = LimiterTest;

LimiterOptions Remembering(std::size_t operations) {
  LimiterOptions options = Fast();
  options.operations_max = operations;
  return options;
}

TEST_F(LimiterMemoryTest, IdleShopsAreForgottenWithTime) {
  Make(Fast());
  for (std::int64_t shop = 1; shop <= 4; ++shop) End(Ask(shop));
  EXPECT_EQ(Counts().operations, 4U);
  Pass(absl::Minutes(10));
  Ask(5);
  Ask(6);
  EXPECT_EQ(Counts().operations, 2U);
}

TEST_F(LimiterMemoryTest, AShopWithACallUnderWayIsNotForgotten) {
  Make(Slow());
  Call& first = Ask(1);
  Call& waiting = Ask(1);
  Pass(absl::Minutes(20));
  End(first);
  Call& still = Ask(1);
  Pass(absl::Minutes(20));
  Ask(2);
  EXPECT_EQ(Counts().operations, 2U);
  EXPECT_TRUE(waiting.left() && still.left());
}

TEST_F(LimiterMemoryTest, AFullMemoryForgetsTheIdleShopThatWasUsedLongestAgo) {
  Make(Remembering(3));
  Call& refused = Ask(1);
  RateLimit(refused);
  End(refused);
  End(Ask(2));
  End(Ask(3));
  Pass(absl::Seconds(2));
  End(Ask(1));
  End(Ask(4));
  EXPECT_EQ(Counts().operations, 3U);
  EXPECT_LT(Rate(1), 100);
  EXPECT_EQ(Counts().throttled, 1U);
}

TEST_F(LimiterMemoryTest, AShopDropsAnIdleOperationForANewOne) {
  Make(Remembering(1));
  End(Ask(1));
  EXPECT_TRUE(Ask(1, kBind).left());
  EXPECT_EQ(Counts().operations, 1U);
}

TEST_F(LimiterMemoryTest, WithoutAnIdleShopCallsOfOthersAreRefused) {
  Make(Remembering(2));
  Call& first = Ask(1);
  Ask(2);
  EXPECT_TRUE(Ask(3).RefusedAs(Code::kResourceExhausted, kSidecarOverloaded));
  End(first);
  EXPECT_TRUE(Ask(3).left());
  EXPECT_EQ(Counts().operations, 2U);
}

}  // namespace
}  // namespace firstmile::limits
