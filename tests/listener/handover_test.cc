// A connection that gRPC keeps reading does not block other handovers.
#include "listener/handover.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <optional>

namespace firstmile::listener {
namespace {

constexpr int kFlood = 1;

// Like gRPC's entry points: each handles one connection at a time, for as long as a flood lasts.
struct EntryPoints {
  explicit EntryPoints(int count) {
    for (int i = 0; i < count; ++i) {
      all.push_back([this, used = std::make_shared<std::atomic<int>>(0)](int fd, int) {
        EXPECT_EQ(used->fetch_add(1), 0) << "one connection at a time for each entrance";
        if (fd == kFlood) {
          flood_begins.set_value();
          flood_ends.get_future().wait();
        } else {
          ++given;
          given.notify_all();
        }
        --*used;
      });
    }
  }
  void AwaitGiven(int count) {
    for (int now = given; now != count; now = given) given.wait(now);
  }

  std::vector<Handover::EntryPoint> all;
  std::promise<void> flood_begins;
  std::promise<void> flood_ends;
  std::atomic<int> given = 0;
};

TEST(HandoverTest, AConnectionThatTakesLongKeepsNoOtherWaiting) {
  EntryPoints entry_points(2);
  std::optional<Handover> handover(std::in_place, entry_points.all);
  handover->Give(kFlood, 0);
  for (int i = 0; i < 100; ++i) handover->Give(2, 0);
  entry_points.AwaitGiven(100);
  entry_points.flood_ends.set_value();
  handover.reset();
}

TEST(HandoverTest, ReportsHowLongTheNextOneHasBeenWaiting) {
  EntryPoints entry_points(1);
  Handover handover(entry_points.all);
  EXPECT_EQ(handover.LongestWait(), std::chrono::seconds(0));
  handover.Give(kFlood, 0);
  entry_points.flood_begins.get_future().wait();
  EXPECT_EQ(handover.LongestWait(), std::chrono::seconds(0)) << "it is not waiting any more";
  handover.Give(2, 0);
  const auto sooner = handover.LongestWait();
  EXPECT_GT(sooner, std::chrono::seconds(0));
  EXPECT_GT(handover.LongestWait(), sooner);
  entry_points.flood_ends.set_value();
  entry_points.AwaitGiven(1);
}

TEST(HandoverTest, ItsEndWaitsForWhatWasGiven) {
  EntryPoints entry_points(4);
  {
    Handover handover(entry_points.all);
    for (int i = 0; i < 50; ++i) handover.Give(2, 0);
  }
  EXPECT_EQ(entry_points.given, 50);
}

TEST(HandoverTest, WhatIsTooMuchToWaitIsClosed) {
  EntryPoints entry_points(1);
  Handover handover(entry_points.all);
  handover.Give(kFlood, 0);
  entry_points.flood_begins.get_future().wait();
  for (std::size_t i = 0; i < Handover::kWaitingMax; ++i) EXPECT_TRUE(handover.Give(2, 0));
  int ends[2] = {-1, -1};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  EXPECT_FALSE(handover.Give(ends[0], 0));
  char byte = 0;
  EXPECT_EQ(recv(ends[1], &byte, 1, 0), 0);
  close(ends[1]);
  entry_points.flood_ends.set_value();
  entry_points.AwaitGiven(static_cast<int>(Handover::kWaitingMax));
}

}  // namespace
}  // namespace firstmile::listener
