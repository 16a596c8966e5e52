// Which hosts are taken for this machine alone.
#include "app/loopback.h"

#include <gtest/gtest.h>

namespace firstmile::app {
namespace {

TEST(LoopbackTest, TakesTheLoopbackNetworkAndLocalhostForThisMachine) {
  for (const char* host : {"127.0.0.1", "127.1.2.3", "127.255.255.255", "::1", "0:0:0:0:0:0:0:1",
                           "::ffff:127.0.0.1", "localhost", "LocalHost"}) {
    EXPECT_TRUE(IsLoopbackHost(host)) << host;
  }
}

TEST(LoopbackTest, TakesNothingForThisMachineThatOnlyLooksLikeIt) {
  for (absl::string_view host :
       {absl::string_view("127.evil.example"), absl::string_view("localhost.evil.example"),
        absl::string_view("127.0.0.1.evil.example"), absl::string_view("127.0.0.1\0.evil.example", 23),
        absl::string_view("localhost\0", 10), absl::string_view("localhost6"), absl::string_view("0.0.0.0"),
        absl::string_view("128.0.0.1"), absl::string_view("::"), absl::string_view("::2"),
        absl::string_view("::ffff:128.0.0.1"), absl::string_view("::ffff:0.0.0.0"),
        absl::string_view("[::1]"), absl::string_view("fe80::1"), absl::string_view("127.0.0.1:80"),
        absl::string_view(" 127.0.0.1"), absl::string_view("127.0.0.1 "), absl::string_view("2130706433"),
        absl::string_view("")}) {
    EXPECT_FALSE(IsLoopbackHost(host)) << host;
  }
}

TEST(LoopbackTest, AnAddressOfAnotherFamilyIsNotLoopback) {
  sockaddr address{};
  address.sa_family = AF_UNIX;
  EXPECT_FALSE(IsLoopbackAddress(address));
}

}  // namespace
}  // namespace firstmile::app
