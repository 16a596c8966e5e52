// The acceptor's limits, the release of capacity, and its probe.
#include "listener/acceptor.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <iterator>

#include "listener/caller.h"
#include "support/temp_file.h"

namespace firstmile::listener {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Each connection has a call, so that none is idle.
class BusyAcceptorTest : public AcceptorTest {
 protected:
  void Begin(const Caller& caller) const {
    SocketAddress own;
    own.length = sizeof(own.storage);
    getsockname(caller.fd(), &own.get(), &own.length);
    const auto calls = registry_.Find("ipv4:" + NameOf(own));
    ASSERT_NE(calls, nullptr);
    ++calls->running;
  }
  std::vector<std::unique_ptr<Caller>> CallAndBegin(std::size_t count) {
    std::vector<std::unique_ptr<Caller>> callers;
    for (std::size_t i = 0; i < count; ++i) {
      callers.push_back(std::make_unique<Caller>(address_));
      EXPECT_TRUE(AwaitOpen(i + 1));
      Begin(*callers.back());
    }
    return callers;
  }
};

TEST_F(BusyAcceptorTest, ClosesAtOnceWhatIsBeyondTheBoundOfAll) {
  Listen("127.0.0.1:0", {.bounds = {.connections_max = 3, .connections_max_per_host = 2}});
  const auto callers = CallAndBegin(2);
  const Caller other(address_, "127.0.0.2");
  ASSERT_TRUE(AwaitOpen(3));
  Begin(other);
  EXPECT_TRUE(Caller(address_, "127.0.0.3").IsClosed());
  for (const auto& caller : callers) EXPECT_TRUE(caller->IsOpenNow());
  EXPECT_TRUE(Await([this] { return refused_.size() == 1; }));
  EXPECT_THAT(refused_, ElementsAre(Refusal::kTooMany));
}

TEST_F(BusyAcceptorTest, OneHostLeavesCapacityToOthers) {
  Listen("127.0.0.1:0", {.bounds = {.connections_max = 4, .connections_max_per_host = 2}});
  const auto callers = CallAndBegin(2);
  EXPECT_TRUE(Caller(address_).IsClosed());
  const Caller other(address_, "127.0.0.2");
  EXPECT_TRUE(AwaitOpen(3));
  EXPECT_THAT(refused_, ElementsAre(Refusal::kTooManyOfHost));
  EXPECT_TRUE(other.IsOpenNow());
}

TEST_F(BusyAcceptorTest, CallersOfAUnixSocketHaveTheWhole) {
  Listen("unix:" + ::firstmile::testing::TempPath("sock"),
         {.bounds = {.connections_max = 3, .connections_max_per_host = 1}});
  const auto callers = Call(3);
  EXPECT_TRUE(AwaitOpen(3));
  EXPECT_TRUE(Caller(address_).IsClosed());
  EXPECT_TRUE(Await([this] { return refused_.size() == 1; }));
  EXPECT_THAT(refused_, ElementsAre(Refusal::kTooMany));
}

TEST_F(BusyAcceptorTest, TheProbeTakesNoCapacityAndReportsThatNoneIsFree) {
  Listen("127.0.0.1:0", {.bounds = {.connections_max = 1, .connections_max_per_host = 1}});
  const auto callers = CallAndBegin(1);
  EXPECT_THAT(std::string(acceptor_->Probe(kProbeTime).message()), HasSubstr("every connection is in use"));
  EXPECT_TRUE(refused_.empty());
  EXPECT_TRUE(callers.front()->IsOpenNow());
}

TEST_F(AcceptorTest, CapacityIsFreedWhenTheServerShutsTheSocketDown) {
  Listen("127.0.0.1:0", {.bounds = {.connections_max = 1, .connections_max_per_host = 1}});
  const Caller first(address_);
  ASSERT_TRUE(AwaitOpen(1));
  Note([this] {
    shutdown(taken_.front().get(), SHUT_RDWR);  // like gRPC
    taken_.clear();
  });
  ASSERT_TRUE(AwaitOpen(0));
  EXPECT_TRUE(first.IsClosed());
  const Caller second(address_);
  EXPECT_TRUE(AwaitOpen(1));
}

TEST_F(AcceptorTest, CapacityIsFreedWhenTheCallerDisconnects) {
  Listen("127.0.0.1:0", {.bounds = {.connections_max = 1, .connections_max_per_host = 1}});
  Caller first(address_);
  ASSERT_TRUE(AwaitOpen(1));
  const linger reset{1, 0};
  setsockopt(first.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  first.Close();
  EXPECT_TRUE(AwaitOpen(0));
}

TEST_F(AcceptorTest, ManyIdleConnectionsKeepNoCallerOut) {
  Listen("127.0.0.1:0", {.bounds = {.connections_max = 10, .connections_max_per_host = 10}});
  const auto idle = Call(10);
  ASSERT_TRUE(AwaitOpen(10));
  // They are old enough now, at any machine's pace: retries until a new connection is accepted.
  for (bool taken = false; !taken;) {
    const Caller honest(address_);
    taken = Await([this] { return !refused_.empty() || !closed_.empty(); }) && refused_.empty();
    Note([this] { refused_.clear(); });
    if (taken) EXPECT_TRUE(honest.IsOpenNow());
  }
  EXPECT_TRUE(idle.front()->IsClosed());
  EXPECT_TRUE(idle.back()->IsOpenNow());
  EXPECT_THAT(closed_, ElementsAre(Closing::kIdle));
}

TEST_F(AcceptorTest, TheProbeReportsThatItAccepts) {
  for (const std::string& address :
       {std::string("127.0.0.1:0"), std::string("0.0.0.0:0"), std::string("localhost:0"),
        "unix:" + ::firstmile::testing::TempPath("sock")}) {
    Listen(address);
    const absl::Status accepts = acceptor_->Probe(kProbeTime);
    EXPECT_TRUE(accepts.ok()) << address << ": " << accepts.message();
    EXPECT_TRUE(taken_.empty());
    acceptor_.reset();
  }
}

std::ptrdiff_t OpenDescriptors() {
  namespace fs = std::filesystem;
  return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
}

TEST_F(AcceptorTest, AnAnsweredProbeHoldsNoDescriptor) {
  constexpr int kProbes = 2'000;  // enough to hit the moment after the thread's answer
  Listen("127.0.0.1:0");
  ASSERT_TRUE(acceptor_->Probe(kProbeTime).ok());  // the thread has started and holds its descriptors
  const std::ptrdiff_t before = OpenDescriptors();
  for (int i = 0; i < kProbes; ++i) {
    ASSERT_TRUE(acceptor_->Probe(kProbeTime).ok());
    ASSERT_EQ(OpenDescriptors(), before);
  }
}

TEST_F(AcceptorTest, TheProbeReportsThatTheThreadIsStuck) {
  std::mutex stuck;
  std::unique_lock hold(stuck);
  auto sockets = ListeningSocket::Open(*ResolveListenAddress("127.0.0.1:0"));
  ASSERT_TRUE(sockets.ok());
  address_ = sockets->front().address();
  acceptor_ = std::make_unique<Acceptor>(*std::move(sockets), AcceptorOptions{}, registry_);
  acceptor_->Start({.accepted =
                        [&stuck, this](int fd, int) {
                          Note([&] { taken_.emplace_back(fd); });
                          const std::lock_guard wait(stuck);
                          return true;
                        },
                    .count_changed = [](std::size_t) {},
                    .refused = [](Refusal, const std::string&) {},
                    .closed = [](Closing, const std::string&) {}});
  EXPECT_TRUE(acceptor_->Probe(kProbeTime).ok());
  const Caller caller(address_);
  ASSERT_TRUE(Await([this] { return !taken_.empty(); }));
  const absl::Status accepts = acceptor_->Probe(absl::Milliseconds(50));
  EXPECT_EQ(accepts.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(accepts.message()), HasSubstr("not accepted within 50ms"));
  hold.unlock();
  EXPECT_TRUE(acceptor_->Probe(kProbeTime).ok());
}

TEST_F(AcceptorTest, AConnectionThatIsNotTakenOverCountsAsRefusedAndReleasesItsCapacity) {
  Listen("127.0.0.1:0");
  takes_ = false;
  const Caller caller(address_);
  ASSERT_TRUE(Await([this] { return refused_ == std::vector{Refusal::kTooMany}; }));
  EXPECT_TRUE(AwaitOpen(0));
  EXPECT_TRUE(caller.IsClosed());
}

TEST_F(AcceptorTest, TheProbeReportsThatTheSocketFileIsGone) {
  const std::string path = ::firstmile::testing::TempPath("sock");
  Listen("unix:" + path);
  ASSERT_EQ(remove(path.c_str()), 0);
  EXPECT_THAT(std::string(acceptor_->Probe(kProbeTime).message()), HasSubstr("No such file or directory"));
}

TEST_F(AcceptorTest, StoppingClosesTheListenerAndKeepsConnections) {
  const std::string path = ::firstmile::testing::TempPath("sock");
  Listen("unix:" + path);
  const Caller caller(address_);
  ASSERT_TRUE(AwaitOpen(1));
  acceptor_->StopListening();
  struct stat file{};
  EXPECT_NE(stat(path.c_str(), &file), 0);
  EXPECT_FALSE(Caller(address_).connected());
  EXPECT_TRUE(caller.IsOpenNow());
  EXPECT_FALSE(acceptor_->Probe(kProbeTime).ok());
  Note([this] {
    shutdown(taken_.front().get(), SHUT_RDWR);
    taken_.clear();
  });
  EXPECT_TRUE(AwaitOpen(0));
}

TEST(ConnectionRegistryTest, FindsAConnectionByGrpcsNameOfThePeer) {
  ConnectionRegistry registry;
  const auto v4 = registry.Add("127.0.0.1:4711");
  const auto v6 = registry.Add("::1:4711");
  EXPECT_EQ(registry.Find("ipv4:127.0.0.1:4711"), v4);
  EXPECT_EQ(registry.Find("ipv6:%5B::1%5D:4711"), v6);
  EXPECT_EQ(registry.Find("ipv6:[::1]:4711"), v6);
  EXPECT_EQ(registry.Find("unix:"), nullptr);
  EXPECT_EQ(registry.Find("ipv4:127.0.0.1:4712"), nullptr);
}

TEST(ConnectionRegistryTest, APortThatIsUsedAgainBelongsToTheNewConnection) {
  ConnectionRegistry registry;
  const auto old = registry.Add("127.0.0.1:4711");
  const auto fresh = registry.Add("127.0.0.1:4711");
  registry.Remove("127.0.0.1:4711", *old);
  EXPECT_EQ(registry.Find("ipv4:127.0.0.1:4711"), fresh);
  registry.Remove("127.0.0.1:4711", *fresh);
  EXPECT_EQ(registry.Find("ipv4:127.0.0.1:4711"), nullptr);
}

}  // namespace
}  // namespace firstmile::listener
