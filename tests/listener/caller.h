// A caller's socket, and an acceptor whose connections stay open as with gRPC.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "listener/acceptor.h"

namespace firstmile::listener {

// Longest wait in these tests, on a slow machine.
inline constexpr std::chrono::seconds kPatience{20};
inline constexpr std::chrono::milliseconds kShortly{20};  // for checks that something does not happen
inline constexpr absl::Duration kProbeTime = absl::Seconds(20);

class Caller {
 public:
  explicit Caller(const SocketAddress& address, const std::string& source_host = "") {
    fd_ = Descriptor(socket(address.get().sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!source_host.empty()) {
      const SocketAddress source = ResolveListenAddress(source_host + ":0")->resolved.front();
      EXPECT_EQ(bind(fd_.get(), &source.get(), source.length), 0);
    }
    connected_ = connect(fd_.get(), &address.get(), address.length) == 0;
  }

  bool connected() const { return connected_; }
  int fd() const { return fd_.get(); }
  bool Say(const std::string& bytes) const {
    return send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  // Waits until the peer has closed the connection.
  bool IsClosed() const {
    pollfd wait{fd_.get(), POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count())) != 1) return false;
    char byte = 0;
    return recv(fd_.get(), &byte, 1, MSG_DONTWAIT) <= 0;
  }
  bool IsOpenNow() const {
    char byte = 0;
    return recv(fd_.get(), &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
  }
  void Close() { fd_.Close(); }

 private:
  Descriptor fd_;
  bool connected_ = false;
};

class AcceptorTest : public ::testing::Test {
 protected:
  void Listen(const std::string& address, AcceptorOptions options = {}) {
    const absl::StatusOr<ListenAddress> resolved = ResolveListenAddress(address);
    ASSERT_TRUE(resolved.ok()) << resolved.status().message();
    auto sockets = ListeningSocket::Open(*resolved);
    ASSERT_TRUE(sockets.ok()) << sockets.status().message();
    address_ = sockets->front().address();
    acceptor_ = std::make_unique<Acceptor>(*std::move(sockets), std::move(options), registry_);
    acceptor_->Start(
        {.accepted =
             [this](int fd, int) {
               Descriptor accepted(fd);
               if (!takes_) shutdown(fd, SHUT_RDWR);
               return takes_ && Note([&] { taken_.push_back(std::move(accepted)); });
             },
         .count_changed = [this](std::size_t open) { Note([&] { open_ = open; }); },
         .refused = [this](Refusal why, const std::string&) { Note([&] { refused_.push_back(why); }); },
         .closed = [this](Closing why, const std::string&) { Note([&] { closed_.push_back(why); }); }});
  }
  bool Note(const std::function<void()>& change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
    return true;
  }
  // Waits until `condition`, called under the lock of the acceptor's reports, holds.
  bool Await(const std::function<bool()>& condition, std::chrono::milliseconds patience = kPatience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, condition);
  }
  bool AwaitOpen(std::size_t count) {
    return Await([this, count] { return open_ == count; });
  }
  std::vector<std::unique_ptr<Caller>> Call(int count) {
    std::vector<std::unique_ptr<Caller>> callers;
    for (int i = 0; i < count; ++i) callers.push_back(std::make_unique<Caller>(address_));
    return callers;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Descriptor> taken_;  // guarded by mutex_, as are the three below
  std::size_t open_ = 0;
  std::vector<Refusal> refused_;
  std::vector<Closing> closed_;
  std::atomic<bool> takes_ = true;  // what it accepts
  SocketAddress address_;
  ConnectionRegistry registry_;
  std::unique_ptr<Acceptor> acceptor_;  // last: its thread uses the members above
};

}  // namespace firstmile::listener
