// A limited number of coroutines at a time, first come, first served, each with a deadline.
#include "transport/semaphore.h"

#include <gtest/gtest.h>

#include <future>
#include <utility>

#include "support/manual_clock.h"
#include "support/run_task.h"

namespace firstmile::transport {
namespace {

using ::firstmile::testing::ManualClock;
using ::firstmile::testing::Settle;
using ::firstmile::testing::StartOnLoop;
using End = Semaphore::End;

class SemaphoreTest : public ::testing::Test {
 protected:
  ~SemaphoreTest() override { loop_.Stop(); }
  std::future<End> Ask(std::stop_token stop = {}) {
    const MonotonicTime due = clock_.Monotonic() + std::chrono::seconds(10);
    return StartOnLoop(loop_, semaphore_.Acquire(due, std::move(stop)));
  }
  void Release() {
    loop_.Post([this] { semaphore_.Release(); });
    SettleTwice();
  }
  void SettleTwice() {
    Settle(loop_);
    Settle(loop_);  // resumed coroutines have run too
  }
  static bool Waits(const std::future<End>& end) {
    return end.wait_for(std::chrono::seconds(0)) == std::future_status::timeout;
  }

  ManualClock clock_;
  EventLoop loop_{clock_, "test"};
  Semaphore semaphore_{loop_, 1};
};

TEST_F(SemaphoreTest, WhoComesFirstIsServedFirst) {
  auto first = Ask();
  auto second = Ask();
  auto third = Ask();
  EXPECT_EQ(first.get(), End::kAcquired);
  EXPECT_TRUE(Waits(second));
  Release();
  EXPECT_EQ(second.get(), End::kAcquired);
  EXPECT_TRUE(Waits(third));
  Release();
  EXPECT_EQ(third.get(), End::kAcquired);
}

TEST_F(SemaphoreTest, WhoWaitsBeyondItsTimeIsTooLate) {
  ASSERT_EQ(Ask().get(), End::kAcquired);
  auto late = Ask();
  clock_.Advance(absl::Seconds(10));
  SettleTwice();
  EXPECT_EQ(late.get(), End::kLate);
  Release();
  EXPECT_EQ(Ask().get(), End::kAcquired) << "the late one holds nothing";
}

TEST_F(SemaphoreTest, AStoppedWaiterLetsTheNextOneProceed) {
  std::stop_source stop;
  ASSERT_EQ(Ask().get(), End::kAcquired);
  auto stopped = Ask(stop.get_token());
  auto next = Ask();
  stop.request_stop();
  EXPECT_EQ(stopped.get(), End::kStopped);
  Release();
  EXPECT_EQ(next.get(), End::kAcquired);
}

TEST_F(SemaphoreTest, APermitIsReleasedOnceWhenItsLastHolderIsDestroyed) {
  ASSERT_EQ(Ask().get(), End::kAcquired);
  std::future<End> next = Ask();
  SemaphorePermit moved;
  {
    SemaphorePermit place(semaphore_);
    moved = std::move(place);
  }
  SettleTwice();
  EXPECT_TRUE(Waits(next));
  loop_.Post([&moved] { moved = SemaphorePermit(); });
  SettleTwice();
  EXPECT_EQ(next.get(), End::kAcquired);
  std::future<End> last = Ask();
  EXPECT_TRUE(Waits(last));
  Release();
  EXPECT_EQ(last.get(), End::kAcquired);
}

}  // namespace
}  // namespace firstmile::transport
