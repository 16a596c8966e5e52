#include "transport/slots.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/run_task.h"

namespace firstmile::transport {
namespace {

using ::firstmile::testing::RunOnLoop;
using ::firstmile::testing::StartOnLoop;
using Admission = Slots::Admission;

class SlotsTest : public ::testing::Test {
 protected:
  void Release() {
    loop_.Post([this] { slots_.Release(); });
  }

  SystemClock clock_;
  EventLoop loop_{clock_, "test"};
  Slots slots_{loop_, 1, 2};
};

TEST_F(SlotsTest, GrantsPlacesInTheOrderOfAsking) {
  EXPECT_EQ(RunOnLoop(loop_, slots_.Acquire({})), Admission::kGranted);
  auto first = StartOnLoop(loop_, slots_.Acquire({}));
  auto second = StartOnLoop(loop_, slots_.Acquire({}));
  Release();
  EXPECT_EQ(first.get(), Admission::kGranted);
  EXPECT_EQ(second.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  Release();
  EXPECT_EQ(second.get(), Admission::kGranted);
}

TEST_F(SlotsTest, RefusesWhenTheQueueIsFull) {
  EXPECT_EQ(RunOnLoop(loop_, slots_.Acquire({})), Admission::kGranted);
  auto first = StartOnLoop(loop_, slots_.Acquire({}));
  auto second = StartOnLoop(loop_, slots_.Acquire({}));
  EXPECT_EQ(RunOnLoop(loop_, slots_.Acquire({})), Admission::kQueueFull);
  Release();
  first.get();
  Release();
  second.get();
}

TEST_F(SlotsTest, AStoppedWaiterLeavesItsPlaceToTheNext) {
  EXPECT_EQ(RunOnLoop(loop_, slots_.Acquire({})), Admission::kGranted);
  std::stop_source stop;
  auto stopped = StartOnLoop(loop_, slots_.Acquire(stop.get_token()));
  auto next = StartOnLoop(loop_, slots_.Acquire({}));
  stop.request_stop();
  EXPECT_EQ(stopped.get(), Admission::kStopped);
  Release();
  EXPECT_EQ(next.get(), Admission::kGranted);
  Release();
  EXPECT_EQ(RunOnLoop(loop_, slots_.Acquire({})), Admission::kGranted);
}

}  // namespace
}  // namespace firstmile::transport
