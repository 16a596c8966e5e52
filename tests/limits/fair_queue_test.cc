#include "limits/fair_queue.h"

#include <gtest/gtest.h>

#include <array>

namespace firstmile::limits {
namespace {

class FairQueueTest : public ::testing::Test {
 protected:
  // Returns all calls in queue order.
  std::string Drain() {
    std::string order;
    while (FairQueue::Call* call = queue_.Pop()) order += static_cast<char>('a' + (call - calls_.data()));
    return order;
  }
  void Push(char name, absl::string_view caller, bool first = false) {
    queue_.Push(calls_[static_cast<std::size_t>(name - 'a')], caller, first);
  }

  FairQueue queue_;
  std::array<FairQueue::Call, 26> calls_;
};

TEST_F(FairQueueTest, CallsOfOneCallerComeInTheirOrder) {
  for (const char name : {'a', 'b', 'c'}) Push(name, "one");
  EXPECT_EQ(queue_.size(), 3U);
  EXPECT_EQ(Drain(), "abc");
  EXPECT_TRUE(queue_.empty());
}

TEST_F(FairQueueTest, CallersTakeTurns) {
  for (const char name : {'a', 'b', 'c'}) Push(name, "one");
  Push('d', "two");
  Push('e', "two");
  Push('f', "");
  EXPECT_EQ(Drain(), "adfbec");
}

TEST_F(FairQueueTest, ACallerThatComesBackTakesTheLastTurn) {
  Push('a', "one");
  Push('b', "two");
  Push('c', "two");
  ASSERT_EQ(queue_.Pop(), &calls_[0]);
  Push('d', "one");
  EXPECT_EQ(Drain(), "bdc");
}

TEST_F(FairQueueTest, ACallMayGoFirstAmongItsCallersOwn) {
  Push('a', "one");
  Push('b', "two");
  Push('c', "two", true);
  EXPECT_EQ(Drain(), "acb");
}

TEST_F(FairQueueTest, ARemovedCallLeavesNoGap) {
  for (const char name : {'a', 'b'}) Push(name, "one");
  Push('c', "two");
  queue_.Remove(calls_[2]);
  EXPECT_FALSE(calls_[2].queued());
  queue_.Remove(calls_[0]);
  EXPECT_EQ(Drain(), "b");
}

TEST_F(FairQueueTest, AheadIsHowManyAreSentBefore) {
  EXPECT_EQ(queue_.Ahead("one", false), 0U);
  for (const char name : {'a', 'b', 'c'}) Push(name, "one");
  Push('d', "two");
  EXPECT_EQ(queue_.Ahead("one", false), 4U);
  EXPECT_EQ(queue_.Ahead("one", true), 1U);
  EXPECT_EQ(queue_.Ahead("new", false), 2U);
}

}  // namespace
}  // namespace firstmile::limits
