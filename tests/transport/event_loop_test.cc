#include "transport/event_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "support/manual_clock.h"
#include "support/run_task.h"
#include "transport/run_on.h"
#include "transport/stoppable_event.h"

namespace firstmile::transport {
namespace {

using ::firstmile::testing::ManualClock;
using ::firstmile::testing::RunOnLoop;
using ::firstmile::testing::Settle;
using ::firstmile::testing::StartOnLoop;

TEST(EventLoop, RunsPostedWorkInOrderOnItsOwnThread) {
  const SystemClock clock;
  EventLoop loop(clock, "test");
  std::vector<int> order;
  bool on_loop = false;
  for (int i = 0; i < 100; ++i) loop.Post([&order, i] { order.push_back(i); });
  loop.Post([&] { on_loop = loop.OnLoop(); });
  Settle(loop);
  EXPECT_TRUE(on_loop);
  EXPECT_FALSE(loop.OnLoop());
  ASSERT_EQ(order.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(EventLoop, TakesPostsFromManyThreads) {
  const SystemClock clock;
  EventLoop loop(clock, "test");
  int sum = 0;  // accessed only on the loop
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) loop.Post([&sum] { ++sum; });
    });
  }
  for (std::thread& thread : threads) thread.join();
  Settle(loop);
  EXPECT_EQ(sum, 20'000);
}

TEST(EventLoop, IsNotWokenByPostsWhileItIsAwake) {
  const SystemClock clock;
  EventLoop loop(clock, "test");
  std::promise<void> awake;
  std::promise<void> go_on;
  loop.Post([&] {
    awake.set_value();
    go_on.get_future().wait();
  });
  awake.get_future().wait();
  const std::uint64_t wakes = loop.wakes();
  int ran = 0;
  for (int i = 0; i < 1000; ++i) loop.Post([&ran] { ++ran; });
  EXPECT_EQ(loop.wakes(), wakes);
  go_on.set_value();
  Settle(loop);
  EXPECT_EQ(ran, 1000);
}

// A lost wake-up would show as a wait of a second, the longest sleep of the loop.
TEST(EventLoop, IsWokenByEachPostThatFindsItAsleep) {
  constexpr auto kLost = std::chrono::milliseconds(900);
  const SystemClock clock;
  EventLoop loop(clock, "test");
  std::atomic<int> lost = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000 && lost == 0; ++i) {
        std::promise<void> done;
        loop.Post([&done] { done.set_value(); });
        std::future<void> ran = done.get_future();
        if (ran.wait_for(kLost) != std::future_status::ready) ++lost;
        ran.wait();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(lost, 0);
  EXPECT_GT(loop.wakes(), 0U);
}

TEST(EventLoop, StopRunsWhatWasPostedAndDropsWhatComesLater) {
  const SystemClock clock;
  EventLoop loop(clock, "test");
  int ran = 0;
  loop.Post([&] { ++ran; });
  loop.Stop();
  loop.Post([&] { ++ran; });
  loop.Stop();
  EXPECT_EQ(ran, 1);
}

TEST(EventLoop, FiresTimersInTheOrderOfTheirTimesAndNotTheCancelledOnes) {
  ManualClock clock;
  EventLoop loop(clock, "test");
  std::vector<int> fired;
  loop.Post([&] {
    const MonotonicTime now = clock.Monotonic();
    loop.AddTimer(now + std::chrono::seconds(3), [&] { fired.push_back(3); });
    loop.AddTimer(now + std::chrono::seconds(1), [&] { fired.push_back(1); });
    const EventLoop::TimerId cancelled =
        loop.AddTimer(now + std::chrono::seconds(2), [&] { fired.push_back(2); });
    loop.CancelTimer(cancelled);
  });
  Settle(loop);
  clock.Advance(absl::Milliseconds(2999));
  Settle(loop);
  Settle(loop);  // timers run after the posts of the same iteration
  EXPECT_EQ(fired, std::vector<int>{1});
  clock.Advance(absl::Milliseconds(1));
  Settle(loop);
  Settle(loop);
  EXPECT_EQ(fired, (std::vector<int>{1, 3}));
}

TEST(SleepUntil, EndsAtItsTime) {
  ManualClock clock;
  EventLoop loop(clock, "test");
  auto slept = StartOnLoop(loop, SleepUntil(loop, clock.Monotonic() + std::chrono::seconds(5), {}));
  clock.Advance(absl::Seconds(5));
  Settle(loop);
  EXPECT_TRUE(slept.get());
}

TEST(SleepUntil, EndsEarlyWhenAStopIsRequestedFromAnotherThread) {
  ManualClock clock;
  EventLoop loop(clock, "test");
  std::stop_source stop;
  auto slept =
      StartOnLoop(loop, SleepUntil(loop, clock.Monotonic() + std::chrono::hours(1), stop.get_token()));
  stop.request_stop();
  EXPECT_FALSE(slept.get());
}

TEST(StoppableEvent, IsOverAtOnceWhenTheStopCameBefore) {
  const SystemClock clock;
  EventLoop loop(clock, "test");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(RunOnLoop(loop, SleepUntil(loop, MonotonicTime::max(), stop.get_token())));
}

async::Task<int> WaitAndCount(EventLoop& loop, std::stop_token stop,
                              std::atomic<StoppableEvent*>* published) {
  StoppableEvent waiter(loop, std::move(stop));
  published->store(&waiter);
  const bool set = co_await waiter;
  published->store(nullptr);
  co_return set ? 1 : 0;
}

TEST(StoppableEvent, EndsExactlyOnceWhenSetAndStopRace) {
  const SystemClock clock;
  EventLoop loop(clock, "test");
  for (int round = 0; round < 500; ++round) {
    std::stop_source stop;
    std::atomic<StoppableEvent*> waiter = nullptr;
    auto result = StartOnLoop(loop, WaitAndCount(loop, stop.get_token(), &waiter));
    std::thread stopper([&] { stop.request_stop(); });
    loop.Post([&] {
      if (StoppableEvent* waiting = waiter.load()) waiting->Set();
    });
    stopper.join();
    const int ended = result.get();
    EXPECT_TRUE(ended == 0 || ended == 1);
    Settle(loop);
  }
}

async::Task<bool> Nested(EventLoop& here, EventLoop& there) {
  auto where = [](EventLoop& loop) -> async::Task<bool> { co_return loop.OnLoop(); };
  const bool ran_there = co_await RunThereResumeHere(there, here, where(there));
  co_return ran_there&& here.OnLoop();
}

TEST(RunThereResumeHere, RunsOnOneLoopAndComesBackToTheOther) {
  const SystemClock clock;
  EventLoop here(clock, "here");
  EventLoop there(clock, "there");
  EXPECT_TRUE(RunOnLoop(here, Nested(here, there)));
  EXPECT_TRUE(RunOnLoop(here, Nested(here, here)));
}

}  // namespace
}  // namespace firstmile::transport
