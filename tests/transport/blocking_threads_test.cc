// Each set of threads has its own queue limit.
#include "transport/blocking_threads.h"

#include <gtest/gtest.h>

#include "support/run_task.h"
#include "transport/clock.h"

namespace firstmile::transport {
namespace {

class BlockingThreadsTest : public ::testing::Test {
 protected:
  std::future<absl::Status> Start(BlockingThreads& threads, absl::AnyInvocable<absl::Status()> work) {
    return ::firstmile::testing::StartOnLoop(loop_, threads.Run(loop_, std::move(work)));
  }

  const SystemClock clock_;
  EventLoop loop_{clock_, "test"};
};

TEST_F(BlockingThreadsTest, RefusesWhatIsBeyondItsQueueAndRunsTheRest) {
  std::promise<void> release;
  std::promise<void> begun;
  BlockingThreads threads(1, 2);
  auto held = Start(threads, [&] {
    begun.set_value();
    release.get_future().wait();
    return absl::OkStatus();
  });
  begun.get_future().wait();
  auto first = Start(threads, [] { return absl::OkStatus(); });
  auto second = Start(threads, [] { return absl::OkStatus(); });
  auto third = Start(threads, [] { return absl::OkStatus(); });
  EXPECT_EQ(third.get().code(), absl::StatusCode::kResourceExhausted);
  release.set_value();
  EXPECT_TRUE(held.get().ok());
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
}

}  // namespace
}  // namespace firstmile::transport
