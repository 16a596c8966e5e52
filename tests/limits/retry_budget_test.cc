#include "limits/retry_budget.h"

#include <gtest/gtest.h>

namespace firstmile::limits {
namespace {

int TakeAll(RetryBudget& budget, std::int64_t shop) {
  int taken = 0;
  while (budget.TakeRetry(subjects::Shop(shop))) ++taken;
  return taken;
}

TEST(RetryBudgetTest, RetriesStopAtHalfOfTheTokens) {
  RetryBudget budget{RetryBudgetOptions()};
  EXPECT_EQ(TakeAll(budget, 1), 5);
  EXPECT_FALSE(budget.TakeRetry(subjects::Shop(1)));
}

TEST(RetryBudgetTest, ShopsAndMerchantsDoNotShare) {
  RetryBudget budget{RetryBudgetOptions()};
  TakeAll(budget, 1);
  EXPECT_TRUE(budget.TakeRetry(subjects::Shop(2)));
  EXPECT_TRUE(budget.TakeRetry(subjects::Merchant(1)));
}

TEST(RetryBudgetTest, TenAnswersPayForARetry) {
  RetryBudget budget{RetryBudgetOptions()};
  TakeAll(budget, 1);
  for (int i = 0; i < 11; ++i) budget.OnAnswer(subjects::Shop(1));
  EXPECT_EQ(TakeAll(budget, 1), 2);  // 6.1 tokens: two retries stay above half
}

TEST(RetryBudgetTest, MoreThanAllTokensAreNotKept) {
  RetryBudget budget{RetryBudgetOptions()};
  budget.TakeRetry(subjects::Shop(1));
  for (int i = 0; i < 1'000; ++i) budget.OnAnswer(subjects::Shop(1));
  EXPECT_EQ(budget.shops(), 0U);
  EXPECT_EQ(TakeAll(budget, 1), 5);
}

TEST(RetryBudgetTest, RemembersABoundedNumberOfShops) {
  RetryBudget budget{RetryBudgetOptions{.shops_max = 3}};
  for (int shop = 0; shop < 100; ++shop) EXPECT_TRUE(budget.TakeRetry(subjects::Shop(shop)));
  EXPECT_EQ(budget.shops(), 3U);
}

}  // namespace
}  // namespace firstmile::limits
