// Which platform a text names is decided by the parser that sends the requests.
#include "app/base_url.h"

#include <gtest/gtest.h>

namespace firstmile::app {
namespace {

TEST(BaseUrlTest, IsKeptAsItWillBeAsked) {
  const std::pair<const char*, const char*> kUrls[] = {
      {"https://partner.shopeemobile.com", "https://partner.shopeemobile.com"},
      {"https://partner.shopeemobile.com/", "https://partner.shopeemobile.com"},
      {"HTTPS://Partner.ShopeeMobile.com:8443", "https://partner.shopeemobile.com:8443"},
      {"http://[0:0:0:0:0:0:0:1]:50080", "http://[::1]:50080"},
      {"http://0x7f.1:80", "http://127.0.0.1:80"},
      {"http://00000127.0.0.1", "http://87.0.0.1"},  // octal
  };
  for (const auto& [text, kept] : kUrls) {
    const absl::StatusOr<BaseUrl> url = ParseBaseUrl(text);
    ASSERT_TRUE(url.ok()) << text << ": " << url.status();
    EXPECT_EQ(url->text, kept) << text;
  }
}

TEST(BaseUrlTest, KnowsThisMachineInEverySpellingOfItsAddress) {
  for (const char* text : {"http://127.0.0.1:50080", "http://127.9.9.9", "http://localhost",
                           "HTTP://LOCALHOST:1/", "http://[::1]", "http://[::ffff:127.0.0.1]",
                           "http://0x7f.1", "http://127.1", "http://2130706433", "http://017700000001"}) {
    const absl::StatusOr<BaseUrl> url = ParseBaseUrl(text);
    ASSERT_TRUE(url.ok()) << text << ": " << url.status();
    EXPECT_TRUE(url->loopback) << text << " is " << url->text;
    EXPECT_TRUE(url->plain_http) << text;
  }
}

TEST(BaseUrlTest, TakesNoOtherHostForThisMachine) {
  for (const char* text :
       {"http://localhost.example.com", "http://127.0.0.1.example.com:50080", "http://localhost.evil.example",
        "http://127.evil.example", "http://127.0.0.1.evil.example", "http://localhost.",
        "http://00000127.0.0.1", "http://0x0a.1", "http://0.0.0.0", "http://[::2]", "http://localhos",
        "http://\xe2\x93\x9bocalhost", "http://127\u3002\u0030\u3002\u0030\u3002\u0031"}) {
    const absl::StatusOr<BaseUrl> url = ParseBaseUrl(text);
    ASSERT_TRUE(url.ok()) << text << ": " << url.status();
    EXPECT_FALSE(url->loopback) << text << " is " << url->text;
  }
}

// Newer versions of libcurl take it off.
TEST(BaseUrlTest, AnAddressWithADotAtItsEndIsThisMachineWhereLibcurlTakesTheDotOff) {
  const absl::StatusOr<BaseUrl> url = ParseBaseUrl("http://127.0.0.1.");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_EQ(url->loopback, url->text == "http://127.0.0.1") << url->text;
}

TEST(BaseUrlTest, IsSchemeHostAndPortAlone) {
  for (const char* text : {"",
                           "https://",
                           "partner.shopeemobile.com",
                           "ftp://127.0.0.1",
                           "https:partner",
                           "https:///partner",
                           "http://127.0.0.1@evil.example",
                           "http://:secret@127.0.0.1",
                           "http://evil.example\\@127.0.0.1",
                           "http://[::1].evil",
                           "http://[::1%25lo]",
                           "http://%6cocalhost",
                           "https://partner/api",
                           "https://partner//",
                           "https://partner?x",
                           "https://partner#x",
                           "https://a b",
                           "https://a\tb",
                           "https://partner:0",
                           "https://partner:65536",
                           "https://partner:https",
                           "https://partner:80:80"}) {
    const absl::StatusOr<BaseUrl> url = ParseBaseUrl(text);
    ASSERT_FALSE(url.ok()) << text << " is " << url->text;
    EXPECT_NE(url.status().message().find("must be https://host"), std::string::npos) << url.status();
    EXPECT_EQ(url.status().message().find("secret"), std::string::npos) << url.status();
  }
}

TEST(ProxyUrlTest, IsSchemeHostAndPort) {
  const std::pair<const char*, const char*> kUrls[] = {
      {"http://Proxy.internal:3128/", "http://proxy.internal:3128"},
      {"https://10.0.0.1:8443", "https://10.0.0.1:8443"},
      {"socks5h://[::1]:1080", "socks5h://[::1]:1080"},
  };
  for (const auto& [text, kept] : kUrls) {
    const absl::StatusOr<std::string> url = ParseProxyUrl(text);
    ASSERT_TRUE(url.ok()) << text << ": " << url.status();
    EXPECT_EQ(*url, kept) << text;
  }
}

TEST(ProxyUrlTest, NothingElseIsOne) {
  for (const char* text : {"", "proxy:3128", "http://proxy", "socks5://proxy:1080", "socks4://proxy:1080",
                           "ftp://proxy:21", "http://user:secret@proxy:3128", "http://proxy:0",
                           "http://proxy:99999", "http://proxy:3128/path", "http://:3128"}) {
    const absl::Status refused = ParseProxyUrl(text).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(refused.message().find("secret"), refused.message().npos) << refused.message();
  }
}

}  // namespace
}  // namespace firstmile::app
