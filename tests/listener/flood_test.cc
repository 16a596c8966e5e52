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

// Memory that grows by `step` bytes each time it is asked for, until it is set.
class GrowingMemory {
 public:
  GrowingMemory(std::int64_t begin, std::int64_t step) : bytes_(begin), step_(step) {}
  AcceptorOptions Options() {
    return {.memory_max_bytes = 1000, .resident_bytes = [this] {
              ++looks;
              looks.notify_all();
              return bytes_ += step_;
            }};
  }
  void Set(std::int64_t bytes) {
    step_ = 0;
    bytes_ = bytes;
  }
  void AwaitLooks(int count) const {
    const int end = looks + count;
    for (int now = looks; now < end; now = looks) looks.wait(now);
  }
  std::atomic<int> looks = 0;

 private:
  std::atomic<std::int64_t> bytes_;
  std::atomic<std::int64_t> step_;
};

TEST_F(FloodTest, WhatComesNextWaitsUntilTheMemoryOfAFloodIsFree) {
  GrowingMemory memory(300, 11);
  Listen("127.0.0.1:0", memory.Options());
  const Caller flooder(address_);
  ASSERT_TRUE(AwaitOpen(1));
  memory.AwaitLooks(4);
  while (Flood(flooder, 1 << 20)) continue;
  ASSERT_TRUE(AwaitOpen(0));
  memory.Set(251);
  const Caller next(address_);
  memory.AwaitLooks(5);
  EXPECT_FALSE(Await([this] { return open_ > 0; }, kShortly));
  EXPECT_TRUE(acceptor_->Probe(kProbeTime).ok()) << "it is ready: whoever comes is served in a moment";
  memory.Set(250);
  EXPECT_TRUE(AwaitOpen(1));
  EXPECT_TRUE(next.IsOpenNow());
  acceptor_.reset();  // before `memory`
}

TEST_F(FloodTest, NobodyWaitsForThatMemoryForever) {
  GrowingMemory memory(300, 11);
  Listen("127.0.0.1:0", memory.Options());
  const Caller flooder(address_);
  ASSERT_TRUE(AwaitOpen(1));
  memory.AwaitLooks(4);
  while (Flood(flooder, 1 << 20)) continue;
  ASSERT_TRUE(AwaitOpen(0));
  memory.Set(999);
  const Caller next(address_);
  EXPECT_TRUE(AwaitOpen(1));
  acceptor_.reset();
}

TEST_F(FloodTest, AFloodThatTakesNoMemoryKeepsNobodyWaiting) {
  GrowingMemory memory(999, 0);
  Listen("127.0.0.1:0", memory.Options());
  const Caller flooder(address_);
  ASSERT_TRUE(AwaitOpen(1));
  while (Flood(flooder, 1 << 20)) continue;
  const Caller next(address_);
  const int looks = memory.looks;
  EXPECT_TRUE(AwaitOpen(1));
  EXPECT_LE(memory.looks - looks, 15) << "no two seconds";
  acceptor_.reset();
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
