#include "limits/recent_count.h"

#include <gtest/gtest.h>

namespace firstmile::limits {
namespace {

using transport::MonotonicTime;

MonotonicTime At(int milliseconds) {
  return MonotonicTime(std::chrono::hours(1) + std::chrono::milliseconds(milliseconds));
}

TEST(RecentCountTest, CountsTheLastSecond) {
  RecentCount count;
  EXPECT_EQ(count.Count(At(0)), 0);
  for (int ms = 0; ms < 2'000; ms += 10) count.Add(At(ms));
  EXPECT_NEAR(count.Count(At(1'990)), 100, 5);
  EXPECT_NEAR(count.Count(At(2'490)), 50, 5);
  EXPECT_EQ(count.Count(At(3'000)), 0);
}

TEST(RecentCountTest, OldCountsAreGoneAfterAnyPause) {
  RecentCount count;
  for (const int pause : {900, 1'000, 1'001, 5'000, 86'400'000}) {
    RecentCount other = count;
    other.Add(At(0));
    other.Add(At(pause));
    EXPECT_EQ(other.Count(At(pause + 1)), pause < 1'000 ? 2 : 1) << pause;
  }
}

TEST(RecentCountTest, ReturnsTheFirst) {
  RecentCount count;
  EXPECT_EQ(count.First(At(0)), At(0));
  count.Add(At(120));
  count.Add(At(700));
  EXPECT_EQ(count.First(At(800)), At(100));
  EXPECT_EQ(count.First(At(1'300)), At(700));
}

}  // namespace
}  // namespace firstmile::limits
