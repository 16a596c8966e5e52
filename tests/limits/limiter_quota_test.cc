// Daily quotas, which park an operation for all shops.
#include "limits/limiter_fixture.h"

namespace firstmile::limits {
namespace {

using LimiterQuotaTest = LimiterTest;

TEST_F(LimiterQuotaTest, ASpentQuotaParksTheOperationForAllShops) {
  Make(Fast());
  SpendQuota(absl::Minutes(8));
  for (std::int64_t shop = 1; shop <= 2; ++shop) {
    Call& call = Ask(shop);
    ASSERT_TRUE(call.RefusedAs(Code::kResourceExhausted, kDailyQuota));
    EXPECT_EQ(call.retry_after(), absl::Minutes(8));
  }
  EXPECT_TRUE(Ask(1, kBind).left());
  EXPECT_EQ(Counts().parked_operations, 1U);
  Pass(absl::Minutes(8));
  EXPECT_EQ(Counts().parked_operations, 0U);
  EXPECT_TRUE(Ask(1).left());
}

TEST_F(LimiterQuotaTest, ASpentQuotaRefusesTheCallsThatWait) {
  Make(Slow());
  Ask(1);
  Call& waiting = Ask(1);
  SpendQuota(absl::Hours(3));
  EXPECT_TRUE(waiting.RefusedAs(Code::kResourceExhausted, kDailyQuota));
  EXPECT_EQ(Counts().queued, 0U);
}

TEST_F(LimiterQuotaTest, OneCallInTenMinutesLooksWhetherTheQuotaWasRaised) {
  Make(Fast());
  SpendQuota(absl::Hours(3));
  Pass(absl::Minutes(10));
  EXPECT_TRUE(Ask(1).left());
  EXPECT_TRUE(Ask(1).RefusedAs(Code::kResourceExhausted, kDailyQuota));
  SpendQuota(absl::Hours(3));  // the probe's answer
  EXPECT_TRUE(Ask(1).RefusedAs(Code::kResourceExhausted, kDailyQuota));
  Pass(absl::Minutes(10));
  EXPECT_TRUE(Ask(1).left());
  On([&] { limiter_->OnAccepted(1, kList, Now()); });
  EXPECT_TRUE(Ask(1).left());
}

TEST_F(LimiterQuotaTest, AnAnswerToAnEarlierCallDoesNotEndAPark) {
  Make(Fast());
  const MonotonicTime before = Now();
  Pass(absl::Seconds(1));
  SpendQuota(absl::Hours(3));
  On([&] { limiter_->OnAccepted(1, kList, before); });
  EXPECT_TRUE(Ask(1).RefusedAs(Code::kResourceExhausted, kDailyQuota));
}

TEST_F(LimiterQuotaTest, AParkIsBounded) {
  Make(Fast());
  SpendQuota(absl::Hours(24 * 365));
  EXPECT_EQ(Ask(1).retry_after(), absl::Hours(25));
  SpendQuota(-absl::Hours(1));
  EXPECT_TRUE(Ask(1).RefusedAs(Code::kResourceExhausted, kDailyQuota));
}

}  // namespace
}  // namespace firstmile::limits
