// Parsing the host and port of a URL.
#include "transport/origin.h"

#include <gtest/gtest.h>

namespace firstmile::transport {
namespace {

TEST(OriginTest, HasTheSchemesPortWhenTheUrlHasNone) {
  EXPECT_EQ(OriginOf("https://partner.shopeemobile.com/api/v2/x?sign=a").port, "443");
  EXPECT_EQ(OriginOf("http://partner.shopeemobile.com?sign=a").port, "80");
  EXPECT_EQ(OriginOf("https://partner.shopeemobile.com:8443/api").port, "8443");
}

TEST(OriginTest, HasTheHostWithoutWhatComesAfterIt) {
  EXPECT_EQ(OriginOf("https://Partner.Example/api/v2/x?a=http://other.example:1/").host, "Partner.Example");
  EXPECT_EQ(OriginOf("socks5h://proxy.example:1080").host, "proxy.example");
  EXPECT_EQ(OriginOf("http://[::1]:80/path").host, "[::1]");
}

TEST(OriginTest, OfNoUrlIsEmpty) {
  EXPECT_EQ(OriginOf("partner.example").host, "");
  EXPECT_EQ(OriginOf("https://").host, "");
  EXPECT_EQ(OriginOf("https://a b/").host, "");
}

TEST(OriginTest, AddressesAndTheLocalHostNeedNoNameServer) {
  for (const char* host : {"127.0.0.1", "[::1]", "localhost", "LOCALHOST", ""}) {
    EXPECT_FALSE(NeedsResolving(host)) << host;
  }
  for (const char* host : {"partner.shopeemobile.com", "1.example", "localhost.example", "proxy"}) {
    EXPECT_TRUE(NeedsResolving(host)) << host;
  }
}

}  // namespace
}  // namespace firstmile::transport
