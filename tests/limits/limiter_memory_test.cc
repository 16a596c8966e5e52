// What is forgotten, and when.
#include "limits/limiter_fixture.h"

namespace firstmile::limits {
namespace {

using LimiterMemoryTest = LimiterTest;

TEST_F(LimiterMemoryTest, IdleShopsAreForgottenWithTime) {
  Make(Fast());
  for (std::int64_t shop = 1; shop <= 4; ++shop) End(Ask(shop));
  EXPECT_EQ(Counts().keys, 4U);
  Pass(absl::Minutes(10));
  Ask(5);
  Ask(6);
  EXPECT_EQ(Counts().keys, 2U);
}

TEST_F(LimiterMemoryTest, AFullMapForgetsTheIdleShopThatWasUsedLongestAgo) {
  LimiterOptions options = Fast();
  options.keys_max = 3;
  Make(options);
  End(Ask(1));
  RateLimit(1, Now());  // learned: not idle
  End(Ask(2));
  End(Ask(3));
  End(Ask(4));
  EXPECT_EQ(Counts().keys, 3U);
  EXPECT_LT(Rate(1), 100);
  EXPECT_EQ(Counts().throttled, 1U);
}

TEST_F(LimiterMemoryTest, AFullMapWithoutAnIdleShopLetsOthersPass) {
  LimiterOptions options = Fast();
  options.keys_max = 2;
  Make(options);
  Ask(1);
  Ask(2);
  Call& other = Ask(3);
  EXPECT_TRUE(other.left());
  EXPECT_EQ(Counts().keys, 2U);
  RateLimit(3, Now());
  End(other);
}

}  // namespace
}  // namespace firstmile::limits
