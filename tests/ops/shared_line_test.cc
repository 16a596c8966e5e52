// Events that share one line a second.
#include "ops/shared_line.h"

#include <gtest/gtest.h>

namespace firstmile::ops {
namespace {

using std::chrono::milliseconds;
using Time = std::chrono::steady_clock::time_point;

TEST(SharedLine, TheFirstEventHasALineAndTheNextLineCountsThoseBetween) {
  SharedLine line("calls_shed");
  const Time start{std::chrono::hours(1)};
  EXPECT_EQ(line.CountDue(start), 1U);
  EXPECT_EQ(line.CountDue(start + milliseconds(1)), 0U);
  EXPECT_EQ(line.CountDue(start + milliseconds(999)), 0U);
  EXPECT_EQ(line.CountDue(start + milliseconds(1000)), 3U);
  EXPECT_EQ(line.CountDue(start + milliseconds(1500)), 0U);
  EXPECT_EQ(line.CountDue(start + milliseconds(9000)), 2U);
}

}  // namespace
}  // namespace firstmile::ops
