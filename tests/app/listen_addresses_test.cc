// Who may be listened to without being asked who he is.
#include "app/listen_addresses.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"

namespace firstmile::app {
namespace {

TEST(ListenAddressesTest, LoopbackAndUnixSocketsNeedNoPermission) {
  const auto addresses =
      ResolveListenAddresses({"127.0.0.1:0", "127.9.9.9:1", "localhost:0", "[::1]:0", "unix:/tmp/x"}, false);
  ASSERT_TRUE(addresses.ok()) << addresses.status().message();
  for (const auto& address : *addresses) EXPECT_FALSE(ReachesBeyondThisMachine(address)) << address.text;
}

TEST(ListenAddressesTest, WhatOthersReachIsRefusedWithBothRemedies) {
  for (const char* address :
       {"0.0.0.0:50051", "[::]:50051", "203.0.113.1:1", "[fe80::1]:1", "[::ffff:0.0.0.0]:1"}) {
    const absl::Status status = ResolveListenAddresses({"127.0.0.1:0", address}, false).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << address;
    for (const char* part : {address, "allow_anyone: true", "127.0.0.1"}) {
      EXPECT_TRUE(absl::StrContains(status.message(), part)) << status.message();
    }
  }
}

TEST(ListenAddressesTest, WhatOthersReachIsTakenWherePermitted) {
  const auto addresses = ResolveListenAddresses({"0.0.0.0:50051"}, true);
  ASSERT_TRUE(addresses.ok());
  EXPECT_TRUE(ReachesBeyondThisMachine(addresses->front()));
}

TEST(ListenAddressesTest, AnAddressHasOneOfTwoForms) {
  for (const std::string& bad : {std::string("127.0.0.1"), std::string(":1"), std::string("host:99999"),
                                 std::string("unix:relative"), "unix:/" + std::string(200, 'x')}) {
    EXPECT_EQ(ResolveListenAddresses({bad}, true).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

}  // namespace
}  // namespace firstmile::app
