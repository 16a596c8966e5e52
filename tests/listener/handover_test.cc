// A connection that gRPC goes on to read keeps no other from being handed over.
#include "listener/handover.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>

namespace firstmile::listener {
namespace {

TEST(HandoverTest, AConnectionThatTakesLongKeepsNoOtherWaiting) {
  std::promise<void> flood_ends;
  std::promise<int> next;
  std::optional<Handover> handover(std::in_place, [&](int fd, int) {
    if (fd == 1) {
      flood_ends.get_future().wait();
    } else {
      next.set_value(fd);
    }
  });
  handover->Give(1, 0);
  handover->Give(2, 0);
  EXPECT_EQ(next.get_future().get(), 2);
  flood_ends.set_value();
  handover.reset();
}

TEST(HandoverTest, ItsEndWaitsForWhatHasBegun) {
  std::atomic<int> given = 0;
  {
    Handover handover([&](int, int) { ++given; });
    for (int fd = 0; fd < 50; ++fd) handover.Give(fd, 0);
  }
  EXPECT_EQ(given, 50);
}

}  // namespace
}  // namespace firstmile::listener
