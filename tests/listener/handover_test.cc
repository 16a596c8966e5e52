// A connection that gRPC goes on to read keeps no other from being handed over.
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

// gRPC's, as far as it matters: one connection at a time, for as long as a flood lasts.
struct Entrances {
  explicit Entrances(int count) {
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

  std::vector<Handover::Entrance> all;
  std::promise<void> flood_begins;
  std::promise<void> flood_ends;
  std::atomic<int> given = 0;
};

TEST(HandoverTest, AConnectionThatTakesLongKeepsNoOtherWaiting) {
  Entrances entrances(2);
  std::optional<Handover> handover(std::in_place, entrances.all);
  handover->Give(kFlood, 0);
  for (int i = 0; i < 100; ++i) handover->Give(2, 0);
  entrances.AwaitGiven(100);
  entrances.flood_ends.set_value();
  handover.reset();
}

TEST(HandoverTest, TellsHowLongTheNextOneHasBeenWaiting) {
  Entrances entrances(1);
  Handover handover(entrances.all);
  EXPECT_EQ(handover.LongestWait(), std::chrono::seconds(0));
  handover.Give(kFlood, 0);
  entrances.flood_begins.get_future().wait();
  EXPECT_EQ(handover.LongestWait(), std::chrono::seconds(0)) << "it is not waiting any more";
  handover.Give(2, 0);
  const auto sooner = handover.LongestWait();
  EXPECT_GT(sooner, std::chrono::seconds(0));
  EXPECT_GT(handover.LongestWait(), sooner);
  entrances.flood_ends.set_value();
  entrances.AwaitGiven(1);
}

TEST(HandoverTest, ItsEndWaitsForWhatWasGiven) {
  Entrances entrances(4);
  {
    Handover handover(entrances.all);
    for (int i = 0; i < 50; ++i) handover.Give(2, 0);
  }
  EXPECT_EQ(entrances.given, 50);
}

TEST(HandoverTest, WhatIsTooMuchToWaitIsClosed) {
  Entrances entrances(1);
  Handover handover(entrances.all);
  handover.Give(kFlood, 0);
  entrances.flood_begins.get_future().wait();
  for (std::size_t i = 0; i < Handover::kWaitingMax; ++i) EXPECT_TRUE(handover.Give(2, 0));
  int ends[2] = {-1, -1};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  EXPECT_FALSE(handover.Give(ends[0], 0));
  char byte = 0;
  EXPECT_EQ(recv(ends[1], &byte, 1, 0), 0);
  close(ends[1]);
  entrances.flood_ends.set_value();
  entrances.AwaitGiven(static_cast<int>(Handover::kWaitingMax));
}

}  // namespace
}  // namespace firstmile::listener
