#include "transport/poller.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

namespace firstmile::transport {
namespace {

// Longer than any test: a wait that should end early must not end by timeout.
constexpr int kLongMs = 600'000;

struct Told {
  int socket;
  bool readable;
  bool writable;
  bool operator==(const Told&) const = default;
};

class Listener final : public SocketListener {
 public:
  void OnReady(int socket, bool readable, bool writable) override {
    told.push_back({socket, readable, writable});
  }
  std::vector<Told> told;
};

// A socket pair; what is written to the second end can be read from the first.
class Pair {
 public:
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()), 0); }
  ~Pair() {
    close(ends_[0]);
    close(ends_[1]);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  int socket() const { return ends_[0]; }
  void Write() { EXPECT_EQ(write(ends_[1], "x", 1), 1); }
  void EndOther() { EXPECT_EQ(shutdown(ends_[1], SHUT_RDWR), 0); }

  // Closes the first end and gives its descriptor number to the other pair's.
  void GiveNumberTo(const Pair& other) { EXPECT_EQ(dup3(other.socket(), ends_[0], O_CLOEXEC), ends_[0]); }

 private:
  std::array<int, 2> ends_{};
};

class PollerTest : public ::testing::Test {
 protected:
  void WaitAndDispatch(int timeout_ms = 0) {
    poller_.Wait(timeout_ms);
    poller_.Dispatch();
  }

  Poller poller_;
  Listener listener_;
  Pair pair_;
  const int socket_ = pair_.socket();
};

TEST_F(PollerTest, ReportsASocketAsLongAsItIsReady) {
  poller_.Watch(socket_, true, false, &listener_);
  WaitAndDispatch();
  EXPECT_TRUE(listener_.told.empty());
  pair_.Write();
  WaitAndDispatch(kLongMs);
  WaitAndDispatch(kLongMs);
  EXPECT_EQ(listener_.told, (std::vector<Told>{{socket_, true, false}, {socket_, true, false}}));
}

TEST_F(PollerTest, ReportsOnlyTheLatestInterest) {
  poller_.Watch(socket_, true, true, &listener_);
  poller_.Watch(socket_, false, true, &listener_);
  pair_.Write();
  WaitAndDispatch(kLongMs);
  poller_.Forget(socket_);
  WaitAndDispatch();
  EXPECT_EQ(listener_.told, (std::vector<Told>{{socket_, false, true}}));
}

TEST_F(PollerTest, ReportsAFailureAsBoth) {
  poller_.Watch(socket_, true, false, &listener_);
  pair_.EndOther();
  WaitAndDispatch(kLongMs);
  EXPECT_EQ(listener_.told, (std::vector<Told>{{socket_, true, true}}));
}

// The first socket's event is collected when another socket gets its number.
TEST_F(PollerTest, DoesNotReportOneSocketsEventToTheNextWithItsNumber) {
  const Pair next;
  pair_.Write();
  poller_.Watch(socket_, true, false, &listener_);
  poller_.Wait(kLongMs);
  poller_.Forget(socket_);
  pair_.GiveNumberTo(next);
  poller_.Watch(socket_, true, false, &listener_);
  poller_.Dispatch();
  EXPECT_TRUE(listener_.told.empty());
}

TEST_F(PollerTest, ASocketThatWasClosedUnawaresMayBeForgottenOrFollowedByAnother) {
  Pair next;
  poller_.Watch(socket_, true, false, &listener_);
  pair_.GiveNumberTo(next);
  poller_.Watch(socket_, true, false, &listener_);
  next.Write();
  WaitAndDispatch(kLongMs);
  EXPECT_EQ(listener_.told, (std::vector<Told>{{socket_, true, false}}));
  poller_.Watch(socket_, true, false, &listener_);
  const Pair third;
  pair_.GiveNumberTo(third);
  poller_.Forget(socket_);
  poller_.Forget(socket_);
}

TEST_F(PollerTest, AListenerMayForgetASocketWithPendingEvents) {
  struct Forgetter final : SocketListener {
    explicit Forgetter(Poller& p) : poller(p) {}
    void OnReady(int, bool, bool) override {
      ++told;
      for (const int socket : sockets) poller.Forget(socket);
    }
    Poller& poller;
    std::vector<int> sockets;
    int told = 0;
  };
  Forgetter forgetter(poller_);
  const Pair other;
  for (const int socket : {socket_, other.socket()}) {
    forgetter.sockets.push_back(socket);
    poller_.Watch(socket, false, true, &forgetter);
  }
  WaitAndDispatch(kLongMs);
  EXPECT_EQ(forgetter.told, 1);
}

TEST_F(PollerTest, EachWakeEndsTheNextWaitOrTheOneThatRuns) {
  for (int i = 0; i < 3; ++i) {
    poller_.Wake();
    poller_.Wait(kLongMs);
  }
  std::thread waker([this] { poller_.Wake(); });
  poller_.Wait(kLongMs);
  waker.join();
  EXPECT_EQ(poller_.wakes(), 4U);
  poller_.Wait(0);  // no events are left
  poller_.Dispatch();
  EXPECT_TRUE(listener_.told.empty());
}

}  // namespace
}  // namespace firstmile::transport
