// Connections that flood are closed, honest ones beside them are not.
#include <gmock/gmock.h>

#include "listener/caller.h"
#include "support/temp_file.h"

namespace firstmile::listener {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Reads what callers send, as gRPC does, and answers nothing.
class FloodTest : public AcceptorTest {
 protected:
  // Sends up to `bytes`; false: the connection was closed before.
  bool Flood(const Caller& caller, std::size_t bytes) {
    const std::string some(64 << 10, 'x');
    const auto end = std::chrono::steady_clock::now() + kPatience;
    for (std::size_t all = 0; all < bytes;) {
      const ssize_t sent = send(caller.fd(), some.data(), some.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && (errno != EAGAIN || std::chrono::steady_clock::now() > end)) return false;
      if (sent > 0) all += static_cast<std::size_t>(sent);
      ReadAll();
    }
    return true;
  }
  void ReadAll() {
    static char buffer[1 << 20];
    const std::lock_guard lock(mutex_);
    for (Descriptor& each : taken_) {
      ssize_t bytes = 1;
      while (bytes > 0) bytes = recv(each.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
      if (bytes == 0) each.Close();
    }
  }
};

TEST_F(FloodTest, AConnectionThatSendsMuchForWhichNoCallBeginsIsClosed) {
  Listen("127.0.0.1:0");
  const Caller honest(address_);
  const Caller flooder(address_);
  ASSERT_TRUE(AwaitOpen(2));
  ASSERT_TRUE(honest.Say("a small request"));
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (Flood(flooder, 1 << 20) && std::chrono::steady_clock::now() < end) continue;
  EXPECT_TRUE(AwaitOpen(1));
  EXPECT_THAT(closed_, ElementsAre(Closing::kFlood));
  EXPECT_TRUE(honest.IsOpenNow());
}

TEST_F(FloodTest, WithinTheBoundOfMemoryALargeSenderIsLeftAlone) {
  int looks = 0;
  Listen("127.0.0.1:0", {.memory_max_bytes = 1000, .resident_bytes = [&looks, this] {
                           Note([&looks] { ++looks; });
                           return 1000;
                         }});
  const Caller large(address_);
  ASSERT_TRUE(AwaitOpen(1));
  ASSERT_TRUE(Flood(large, 128 << 10));
  Note([&looks] { looks = 0; });
  EXPECT_TRUE(Await([&looks] { return looks >= 2; }));
  EXPECT_THAT(closed_, IsEmpty());
  acceptor_.reset();  // before `looks`
}

TEST_F(FloodTest, WhenMemoryIsShortTheLargestSenderIsClosedAndSmallOnesStay) {
  std::atomic<std::int64_t> resident = 0;
  Listen("127.0.0.1:0",
         {.memory_max_bytes = 1000, .resident_bytes = [&resident] { return resident.load(); }});
  const Caller small(address_);
  const Caller large(address_);
  ASSERT_TRUE(AwaitOpen(2));
  ASSERT_TRUE(small.Say("a small request"));
  ASSERT_TRUE(Flood(large, 128 << 10));
  resident = 1001;
  EXPECT_TRUE(AwaitOpen(1));
  EXPECT_TRUE(large.IsClosed());
  EXPECT_TRUE(small.IsOpenNow());
  EXPECT_THAT(closed_, ElementsAre(Closing::kMemory));
  acceptor_.reset();  // before `resident`
}

TEST_F(FloodTest, MemoryThatTheHeapHoldsBackGoesBeforeAConnection) {
  std::atomic<std::int64_t> resident = 0;
  Listen("127.0.0.1:0", {.memory_max_bytes = 1000,
                         .resident_bytes = [&resident] { return resident.load(); },
                         .give_back_memory = [this, &resident] { Note([&resident] { resident = 0; }); }});
  const Caller large(address_);
  ASSERT_TRUE(AwaitOpen(1));
  ASSERT_TRUE(Flood(large, 128 << 10));
  resident = 1001;
  EXPECT_TRUE(Await([&resident] { return resident == 0; }));
  EXPECT_TRUE(large.IsOpenNow());
  EXPECT_THAT(closed_, IsEmpty());
  acceptor_.reset();  // before `resident`
}

TEST_F(FloodTest, WhatComesNextWaitsUntilTheMemoryOfAFloodIsFree) {
  std::atomic<std::int64_t> resident = 251;
  std::atomic<int> looks = 0;
  Listen("127.0.0.1:0", {.memory_max_bytes = 1000, .resident_bytes = [this, &resident, &looks] {
                           Note([&looks] { ++looks; });
                           return resident.load();
                         }});
  const Caller flooder(address_);
  ASSERT_TRUE(AwaitOpen(1));
  while (Flood(flooder, 1 << 20)) continue;
  ASSERT_TRUE(AwaitOpen(0));
  const Caller next(address_);
  looks = 0;
  EXPECT_TRUE(Await([&looks] { return looks >= 2; }));
  EXPECT_EQ(open_, 0U);
  resident = 250;
  EXPECT_TRUE(AwaitOpen(1));
  EXPECT_TRUE(next.IsOpenNow());
  EXPECT_TRUE(acceptor_->Probe(kProbeTime).ok());
  acceptor_.reset();  // before `resident`
}

TEST_F(FloodTest, NobodyWaitsForThatMemoryForever) {
  Listen("127.0.0.1:0", {.memory_max_bytes = 1000, .resident_bytes = [] { return 999; }});
  const Caller flooder(address_);
  ASSERT_TRUE(AwaitOpen(1));
  while (Flood(flooder, 1 << 20)) continue;
  const Caller next(address_);
  ASSERT_TRUE(AwaitOpen(0));
  EXPECT_TRUE(AwaitOpen(1));
}

TEST_F(FloodTest, MemoryThatIsUsedWithoutAFloodKeepsNobodyWaiting) {
  Listen("127.0.0.1:0", {.memory_max_bytes = 1000, .resident_bytes = [] { return 999; }});
  const Caller first(address_);
  const Caller second(address_);
  EXPECT_TRUE(AwaitOpen(2));
}

TEST_F(FloodTest, WhenMemoryIsShortAUnixSocketWithMuchUnreadIsClosed) {
  std::atomic<std::int64_t> resident = 0;
  Listen("unix:" + ::firstmile::testing::TempPath("sock"),
         {.memory_max_bytes = 1000, .resident_bytes = [&resident] { return resident.load(); }});
  const Caller small(address_);
  const Caller large(address_);
  ASSERT_TRUE(AwaitOpen(2));
  ASSERT_TRUE(large.Say(std::string(80 << 10, 'x')));
  resident = 1001;
  EXPECT_TRUE(AwaitOpen(1));
  EXPECT_TRUE(small.IsOpenNow());
  EXPECT_THAT(closed_, ElementsAre(Closing::kMemory));
  acceptor_.reset();
}

}  // namespace
}  // namespace firstmile::listener
