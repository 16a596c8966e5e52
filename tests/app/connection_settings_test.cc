// What the limit of open files leaves for callers' connections.
#include "app/connection_settings.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "listener/acceptor.h"

namespace firstmile::app {
namespace {

constexpr std::size_t kUpstream = 256;

TEST(FitToDescriptorsTest, LeavesTheBoundsWhereThereIsRoom) {
  listener::ConnectionBounds bounds{.connections_max = 4096, .connections_max_per_host = 2048};
  ASSERT_TRUE(FitToDescriptors(524'288, kUpstream, &bounds).ok());
  EXPECT_EQ(bounds.connections_max, 4096U);
  EXPECT_EQ(bounds.connections_max_per_host, 2048U);
}

TEST(FitToDescriptorsTest, KeepsAReserveForShopeeAndTheRest) {
  listener::ConnectionBounds bounds{.connections_max = 4096, .connections_max_per_host = 2048};
  ASSERT_TRUE(FitToDescriptors(1024, kUpstream, &bounds).ok());
  EXPECT_LE(bounds.connections_max * listener::kDescriptorsPerConnection + kUpstream, 1024U - 128U);
  EXPECT_GE(bounds.connections_max, 256U);
  EXPECT_LE(bounds.connections_max_per_host, bounds.connections_max);
}

TEST(FitToDescriptorsTest, NextToNothingIsRefusedWithTheRemedy) {
  listener::ConnectionBounds bounds;
  const absl::Status status = FitToDescriptors(300, kUpstream, &bounds);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  for (const char* part : {"300", "LimitNOFILE", "256 connections to Shopee (upstream.max_connections)"}) {
    EXPECT_TRUE(absl::StrContains(status.message(), part)) << status.message();
  }
}

}  // namespace
}  // namespace firstmile::app
