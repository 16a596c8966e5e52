// Where the sidecar can listen, and its errors when it cannot.
#include "listener/listening_socket.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include <fstream>
#include <optional>

#include "listener/caller.h"
#include "listener/connection_calls.h"
#include "support/temp_file.h"

namespace firstmile::listener {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<std::vector<ListeningSocket>> Open(const std::string& address) {
  const absl::StatusOr<ListenAddress> resolved = ResolveListenAddress(address);
  if (!resolved.ok()) return resolved.status();
  return ListeningSocket::Open(*resolved);
}

std::string Address(const ListeningSocket& socket) {
  return HostOf(socket.address()) + ":" + std::to_string(socket.address().port());
}

TEST(ListeningSocketTest, ChoosesOnePortForAllAddressesOfAHost) {
  const auto sockets = Open("localhost:0");
  ASSERT_TRUE(sockets.ok()) << sockets.status().message();
  for (const ListeningSocket& socket : *sockets) {
    EXPECT_EQ(socket.address().port(), sockets->front().address().port());
    EXPECT_TRUE(Caller(socket.address()).connected());
  }
}

TEST(ListeningSocketTest, TheWildcardOfIpVersionSixTakesCallersOfVersionFour) {
  const auto sockets = Open("[::]:0");
  if (!sockets.ok()) GTEST_SKIP() << sockets.status().message();
  SocketAddress v4 = ResolveListenAddress("127.0.0.1:1")->resolved.front();
  v4.set_port(sockets->front().address().port());
  EXPECT_TRUE(Caller(v4).connected());
}

TEST(ListeningSocketTest, TheWildcardOfIpVersionFourTakesNoOtherCallers) {
  const auto sockets = Open("0.0.0.0:0");
  ASSERT_TRUE(sockets.ok());
  ASSERT_EQ(sockets->size(), 1U);
  EXPECT_EQ(HostOf(sockets->front().address()), "0.0.0.0");
}

TEST(ListeningSocketTest, HostsAreWrittenAsGrpcWritesThem) {
  const auto host_of = [](const std::string& text, std::uint32_t scope) {
    SocketAddress address;
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_scope_id = scope;
    EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr), 1);
    return HostOf(address);
  };
  EXPECT_EQ(host_of("fe80::1", 4), "fe80::1%4");
  EXPECT_EQ(EndpointOf("ipv6:%5Bfe80::1%254%5D:4711"), "fe80::1%4:4711");
  EXPECT_EQ(host_of("2001:db8::1", 0), "2001:db8::1");
  EXPECT_EQ(host_of("::ffff:192.0.2.1", 0), "192.0.2.1");
  EXPECT_EQ(host_of("::ffff:0:0:0:1", 0), "::ffff:0:0:0:1");
}

TEST(ListeningSocketTest, APortInUseIsRefusedWithTheReason) {
  const auto first = Open("127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  const absl::Status second = Open(Address(first->front())).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(second.message(), "cannot listen on " + Address(first->front()) + ": Address already in use");
}

TEST(ListeningSocketTest, AnAddressOfAnotherMachineIsRefusedWithTheReason) {
  EXPECT_THAT(std::string(Open("203.0.113.1:0").status().message()),
              HasSubstr("cannot listen on 203.0.113.1:0: Cannot assign requested address"));
}

TEST(ListeningSocketTest, AWrongFormIsTheOperatorsMistake) {
  for (const char* address : {"nonsense", ":80", "h:", "h:65536", "h:-1", "h:http", "unix:relative"}) {
    EXPECT_EQ(Open(address).status().code(), absl::StatusCode::kInvalidArgument) << address;
  }
  EXPECT_THAT(std::string(Open("unix:/tmp/" + std::string(200, 'x')).status().message()),
              HasSubstr("at most 107 characters"));
}

class SocketFileTest : public ::testing::Test {
 protected:
  bool Exists() const {
    struct stat file{};
    return stat(path_.c_str(), &file) == 0;
  }
  const std::string path_ = ::firstmile::testing::TempPath("listening.sock");
  const std::string address_ = "unix:" + path_;
};

TEST_F(SocketFileTest, GoesWithTheListener) {
  {
    const auto sockets = Open(address_);
    ASSERT_TRUE(sockets.ok()) << sockets.status().message();
    EXPECT_TRUE(Exists());
  }
  EXPECT_FALSE(Exists());
}

TEST_F(SocketFileTest, WithoutAServerIsReplaced) {
  {
    const Descriptor crashed(socket(AF_UNIX, SOCK_STREAM, 0));
    const SocketAddress address = ResolveListenAddress(address_)->resolved.front();
    ASSERT_EQ(bind(crashed.get(), &address.get(), address.length), 0);
  }
  ASSERT_TRUE(Exists());
  const auto sockets = Open(address_);
  ASSERT_TRUE(sockets.ok()) << sockets.status().message();
  EXPECT_TRUE(Caller(sockets->front().address()).connected());
}

TEST_F(SocketFileTest, ThatIsServedIsLeftAlone) {
  const auto sockets = Open(address_);
  ASSERT_TRUE(sockets.ok());
  const absl::Status second = Open(address_).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(second.message()), HasSubstr("another process serves it"));
  EXPECT_TRUE(Caller(sockets->front().address()).connected());
}

TEST_F(SocketFileTest, ThatIsNoSocketIsLeftAlone) {
  std::ofstream(path_) << "precious";
  EXPECT_THAT(std::string(Open(address_).status().message()), HasSubstr("a file that is no socket is there"));
  EXPECT_TRUE(Exists());
  remove(path_.c_str());
}

TEST_F(SocketFileTest, ThatAnotherHasPutThereIsNotRemoved) {
  std::optional<std::vector<ListeningSocket>> sockets = *Open(address_);
  remove(path_.c_str());
  const auto successor = Open(address_);
  ASSERT_TRUE(successor.ok());
  sockets.reset();
  EXPECT_TRUE(Exists());
}

TEST_F(SocketFileTest, IsForItsOwnerAlone) {
  const mode_t before = umask(0077);
  const auto sockets = Open(address_);
  umask(before);
  struct stat file{};
  ASSERT_EQ(stat(path_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0077U, 0U);
}

TEST_F(SocketFileTest, InAFolderThatIsMissingIsRefusedWithTheReason) {
  EXPECT_THAT(std::string(Open("unix:/nowhere/sock").status().message()),
              HasSubstr("cannot listen on unix:/nowhere/sock: No such file or directory"));
}

}  // namespace
}  // namespace firstmile::listener
