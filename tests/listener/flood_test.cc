// Flooding connections are closed, honest ones beside them are not.
#include <gmock/gmock.h>

#include "listener/caller.h"
#include "support/temp_file.h"

namespace firstmile::listener {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Reads what callers send, like gRPC, and answers nothing.
class FloodTest : public AcceptorTest {
 protected:
  // Sends up to `bytes`. Returns false when the connection was closed before.
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
  int queries = 0;
  Listen("127.0.0.1:0", {.max_memory_bytes = 1000, .resident_bytes = [&queries, this] {
                           Note([&queries] { ++queries; });
                           return 1000;
                         }});
  const Caller large(address_);
  ASSERT_TRUE(AwaitOpen(1));
  ASSERT_TRUE(Flood(large, 128 << 10));
  Note([&queries] { queries = 0; });
  EXPECT_TRUE(Await([&queries] { return queries >= 2; }));
  EXPECT_THAT(closed_, IsEmpty());
  acceptor_.reset();  // before `queries`
}

TEST_F(FloodTest, WhenMemoryIsShortTheLargestSenderIsClosedAndSmallOnesStay) {
  std::atomic<std::int64_t> resident = 0;
  Listen("127.0.0.1:0",
         {.max_memory_bytes = 1000, .resident_bytes = [&resident] { return resident.load(); }});
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
  Listen("127.0.0.1:0", {.max_memory_bytes = 1000,
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

// Memory that grows by `step` bytes per query, until it is set.
class GrowingMemory {
 public:
  GrowingMemory(std::int64_t begin, std::int64_t step) : bytes_(begin), step_(step) {}
  AcceptorOptions Options() {
    return {.max_memory_bytes = 1000, .resident_bytes = [this] {
              ++queries;
              queries.notify_all();
              return bytes_ += step_;
            }};
  }
  void Set(std::int64_t bytes) {
    step_ = 0;
    bytes_ = bytes;
  }
  void AwaitQueries(int count) const {
    const int end = queries + count;
    for (int now = queries; now < end; now = queries) queries.wait(now);
  }
  std::atomic<int> queries = 0;

 private:
  std::atomic<std::int64_t> bytes_;
  std::atomic<std::int64_t> step_;
};

TEST_F(FloodTest, WhatComesNextWaitsUntilTheMemoryOfAFloodIsFree) {
  GrowingMemory memory(300, 11);
  Listen("127.0.0.1:0", memory.Options());
  const Caller flooder(address_);
  ASSERT_TRUE(AwaitOpen(1));
  memory.AwaitQueries(4);
  while (Flood(flooder, 1 << 20)) continue;
  ASSERT_TRUE(AwaitOpen(0));
  memory.AwaitQueries(3);  // the query that closed it saw the memory grow
  memory.Set(251);
  const Caller next(address_);
  memory.AwaitQueries(5);
  EXPECT_FALSE(Await([this] { return open_ > 0; }, kShortly));
  EXPECT_TRUE(acceptor_->Probe(kProbeTime).ok()) << "it is ready: a new connection is served in a moment";
  memory.Set(250);
  EXPECT_TRUE(AwaitOpen(1));
  EXPECT_TRUE(next.IsOpenNow());
  acceptor_.reset();  // before `memory`
}

TEST_F(FloodTest, ConnectionsDoNotWaitForThatMemoryForever) {
  GrowingMemory memory(300, 11);
  Listen("127.0.0.1:0", memory.Options());
  const Caller flooder(address_);
  ASSERT_TRUE(AwaitOpen(1));
  memory.AwaitQueries(4);
  while (Flood(flooder, 1 << 20)) continue;
  ASSERT_TRUE(AwaitOpen(0));
  memory.AwaitQueries(3);  // the query that closed it saw the memory grow
  memory.Set(999);
  const Caller next(address_);
  EXPECT_TRUE(AwaitOpen(1));
  acceptor_.reset();
}

TEST_F(FloodTest, AFloodThatTakesNoMemoryDelaysNoConnection) {
  GrowingMemory memory(999, 0);
  Listen("127.0.0.1:0", memory.Options());
  const Caller flooder(address_);
  ASSERT_TRUE(AwaitOpen(1));
  while (Flood(flooder, 1 << 20)) continue;
  const Caller next(address_);
  const int queries = memory.queries;
  EXPECT_TRUE(AwaitOpen(1));
  EXPECT_LE(memory.queries - queries, 15) << "no two seconds";
  acceptor_.reset();
}

TEST_F(FloodTest, WhenMemoryIsShortAUnixSocketWithMuchUnreadIsClosed) {
  std::atomic<std::int64_t> resident = 0;
  Listen("unix:" + ::firstmile::testing::TempPath("sock"),
         {.max_memory_bytes = 1000, .resident_bytes = [&resident] { return resident.load(); }});
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
