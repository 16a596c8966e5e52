// Shares never exceed the budget, and are returned to it.
#include "transport/byte_budget.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace firstmile::transport {
namespace {

TEST(ByteBudgetTest, GivesWhatIsLeftAndGetsItBack) {
  ByteBudget budget(100);
  ByteBudget::Share first(budget);
  EXPECT_TRUE(first.GrowTo(60));
  EXPECT_TRUE(first.GrowTo(50)) << "a share never shrinks";
  {
    ByteBudget::Share second(budget);
    EXPECT_FALSE(second.GrowTo(41));
    EXPECT_TRUE(second.GrowTo(40));
    EXPECT_FALSE(first.GrowTo(61));
    EXPECT_EQ(budget.taken(), 100);
  }
  EXPECT_EQ(budget.taken(), 60);
  EXPECT_TRUE(first.GrowTo(100));
}

TEST(ByteBudgetTest, WithoutABoundEverythingIsGiven) {
  ByteBudget unbounded(0);
  ByteBudget::Share share(unbounded);
  EXPECT_TRUE(share.GrowTo(std::int64_t{1} << 40));
}

TEST(ByteBudgetTest, ManyThreadsTogetherStayWithinTheBound) {
  constexpr std::int64_t kBound = 8;
  ByteBudget budget(kBound);
  std::atomic<std::int64_t> held = 0;
  std::atomic<std::int64_t> most = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 10'000; ++round) {
          ByteBudget::Share share(budget);
          if (!share.GrowTo(3)) continue;
          const std::int64_t now = held.fetch_add(3) + 3;
          std::int64_t seen = most;
          while (now > seen && !most.compare_exchange_weak(seen, now)) continue;
          held.fetch_sub(3);
        }
      });
    }
  }
  EXPECT_LE(most, kBound);
  EXPECT_GE(most, 3);
  EXPECT_EQ(budget.taken(), 0);
}

}  // namespace
}  // namespace firstmile::transport
