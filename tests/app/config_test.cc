// Bad input at start ends with one clear line: file and line, the field, the reason.
#include <curl/curl.h>
#include <gtest/gtest.h>

#include <ostream>

#include "absl/strings/match.h"
#include "app/command_line.h"
#include "app/config_file.h"
#include "app/settings.h"
#include "support/temp_file.h"

namespace firstmile::app {
namespace {

using ::firstmile::testing::WriteTempFile;

constexpr char kKey[] = "canary_key_0123456789abcdef";

const std::string& KeyFile() {
  static const std::string path = WriteTempFile("partner.key", kKey);
  return path;
}

// `upstream` is what the section has besides base_url.
std::string Text(const std::string& more, const std::string& upstream = "") {
  return "upstream { base_url: \"https://partner.shopeemobile.com\" " + upstream +
         "}\n"
         "partner { partner_id: 1 partner_key_file: \"" +
         KeyFile() + "\" }\n" + more;
}

absl::StatusOr<Settings> Resolve(const std::string& path, const CommandLine& flags = {}) {
  absl::StatusOr<ConfigFile> file = ReadConfigFile(path);
  if (!file.ok()) return file.status();
  return ResolveSettings(*file, flags);
}

TEST(Config, TextGivesItsSettingsAndDefaults) {
  const absl::StatusOr<Settings> settings =
      Resolve(WriteTempFile("good.textproto", Text("server { event_loops: 2 }")));
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->gateway.base_url, "https://partner.shopeemobile.com");
  EXPECT_EQ(settings->listen, std::vector<std::string>{"127.0.0.1:50051"});
  EXPECT_EQ(settings->event_loops, 2);
  EXPECT_EQ(settings->gateway.attempts_max, 3);
  EXPECT_EQ(settings->drain_timeout, std::chrono::seconds(10));
  EXPECT_EQ(settings->partner_key.Reveal(), kKey);
  EXPECT_FALSE(settings->transport.allow_plain_http);
}

TEST(Config, AKeyAsADotenvFileHasItCostsOneWarningAndNotTheKey) {
  const std::string odd =
      WriteTempFile("odd.key", "\xEF\xBB\xBFPARTNER_KEY=\"" + std::string(kKey) + "\"\r\n");
  CommandLine flags;
  flags.partner_key_file = odd;
  const absl::StatusOr<Settings> settings = Resolve(WriteTempFile("odd.textproto", Text("")), flags);
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->partner_key.Reveal(), kKey);
  ASSERT_EQ(settings->warnings.size(), 1U);
  EXPECT_NE(settings->warnings[0].find("a byte-order mark, a NAME= before it, quotes around it"),
            std::string::npos)
      << settings->warnings[0];
  EXPECT_EQ(settings->warnings[0].find(kKey), std::string::npos);
}

TEST(Config, AKeyFileWithNothingButQuotesIsRefused) {
  CommandLine flags;
  flags.partner_key_file = WriteTempFile("quotes.key", "\"\"\n");
  const absl::Status status = Resolve(WriteTempFile("quotes.textproto", Text("")), flags).status();
  EXPECT_NE(status.message().find("partner.partner_key_file: holds no key"), std::string::npos) << status;
}

TEST(Config, LimitsComeFromTheFile) {
  const absl::StatusOr<Settings> settings = Resolve(
      WriteTempFile("limits.textproto",
                    Text("limits { initial_rate: 200 max_rate: 500 max_in_flight_per_shop: 4 max_calls: 100 "
                         "max_memory_mib: 512 breaker_failures: 7 }")));
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  const limits::LimitsOptions& limits = settings->limits;
  EXPECT_EQ(limits.limiter.rate.initial_rate, 200);
  EXPECT_EQ(limits.limiter.rate.max_rate, 500);
  EXPECT_EQ(limits.limiter.in_flight_per_shop, 4);
  EXPECT_EQ(limits.admission.calls_max, 100);
  EXPECT_EQ(limits.admission.calls_max_per_caller, 50);
  EXPECT_EQ(settings->max_memory_bytes, 512 << 20);
  EXPECT_EQ(limits.admission.bytes_max, 256 << 20);
  EXPECT_EQ(limits.breaker.failures, 7);
}

TEST(Config, ALowMaximumOfTheRateLowersItsStart) {
  const absl::StatusOr<Settings> settings =
      Resolve(WriteTempFile("rate.textproto", Text("limits { max_rate: 5 }")));
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->limits.limiter.rate.initial_rate, 5);
}

TEST(Config, ALongFirstBackoffRaisesTheLongest) {
  const absl::StatusOr<Settings> settings =
      Resolve(WriteTempFile("backoff.textproto", Text("retry { initial_backoff_ms: 5000 }")));
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->gateway.backoff_max, absl::Seconds(5));
}

TEST(Config, JsonOfShopeeHasALimitOfItsOwn) {
  const auto limit = [](const std::string& upstream) {
    const absl::StatusOr<Settings> settings = Resolve(WriteTempFile("json.textproto", Text("", upstream)));
    EXPECT_TRUE(settings.ok()) << settings.status().message();
    return settings->gateway.json_bytes_max;
  };
  EXPECT_EQ(limit(""), 8U << 20);
  EXPECT_EQ(limit("max_json_bytes: 4096"), 4096U);
  EXPECT_EQ(limit("max_body_bytes: 65536"), 65536U);
  EXPECT_EQ(limit("max_body_bytes: 104857600 max_json_bytes: 104857600"), 104857600U);
}

TEST(Config, Http2IsSpokenWhenItIsAskedFor) {
  const auto http2 = [](const std::string& upstream) {
    const absl::StatusOr<Settings> settings = Resolve(WriteTempFile("version.textproto", Text("", upstream)));
    EXPECT_TRUE(settings.ok()) << settings.status().message();
    return settings->transport.http2;
  };
  EXPECT_FALSE(http2(""));
  EXPECT_FALSE(http2("http_version: HTTP_VERSION_1_1"));
  EXPECT_TRUE(http2("http_version: HTTP_VERSION_2"));
}

TEST(Config, AProxyHasAUserWhosePasswordStandsInAFile) {
  const absl::StatusOr<Settings> settings = Resolve(
      WriteTempFile("proxy.textproto", Text("",
                                            "proxy { url: \"https://Proxy.example:3128/\" user: \"sidecar\" "
                                            "password_file: \"" +
                                                KeyFile() + "\" }")));
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  const transport::ProxyOptions& proxy = settings->transport.proxy;
  EXPECT_EQ(proxy.url, "https://proxy.example:3128");
  EXPECT_EQ(proxy.user, "sidecar");
  EXPECT_EQ(proxy.password.Reveal(), kKey);
}

// libcurl before 8.8 would decode it, and the proxy would get another password.
TEST(Config, AProxysPasswordThatLibcurlWouldChangeIsRefused) {
  const auto with_password = [](const std::string& password) {
    const std::string file = WriteTempFile("proxy.password", password);
    return Resolve(WriteTempFile("percent.textproto", Text("",
                                                           "proxy { url: \"http://a:1\" user: \"u\" "
                                                           "password_file: \"" +
                                                               file + "\" }")));
  };
  const bool decodes = curl_version_info(CURLVERSION_NOW)->version_num < 0x080800;
  const absl::StatusOr<Settings> encoded = with_password("p%41ss");
  EXPECT_EQ(encoded.ok(), !decodes);
  if (decodes) EXPECT_TRUE(absl::StrContains(encoded.status().message(), "choose another password"));
  for (const char* plain : {"%", "%%", "100%", "p%4", "%4g", "a%zz"}) {
    const absl::StatusOr<Settings> settings = with_password(plain);
    ASSERT_TRUE(settings.ok()) << plain << settings.status().message();
    EXPECT_EQ(settings->transport.proxy.password.Reveal(), plain);
  }
}

TEST(Config, JsonGivesTheSame) {
  const absl::StatusOr<Settings> settings =
      Resolve(WriteTempFile("good.json", R"({"upstream": {"base_url": "https://partner.shopeemobile.com/"},
                                     "partner": {"partner_id": 1, "partner_key_file": ")" +
                                             KeyFile() + R"("},
                                     "shop_tokens": [{"shop_id": 600000, "access_token": "t"}],
                                     "server": {"drain_timeout_ms": 0}})"));
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->gateway.base_url, "https://partner.shopeemobile.com");
  EXPECT_EQ(settings->tokens.configured.at(600000).Reveal(), "t");
  EXPECT_EQ(settings->drain_timeout, std::chrono::milliseconds(0));
}

TEST(Config, FlagsOverrideTheFile) {
  CommandLine flags;
  flags.listen = {"127.0.0.1:1", "unix:/tmp/x"};
  flags.upstream = "http://127.0.0.1:9";
  flags.partner_id = 7;
  const absl::StatusOr<Settings> settings =
      Resolve(WriteTempFile("flags.textproto", Text("listen: \"127.0.0.1:2\"")), flags);
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->listen, flags.listen);
  EXPECT_EQ(settings->gateway.base_url, "http://127.0.0.1:9");
  EXPECT_EQ(settings->partner_id, 7);
}

struct BadFile {
  const char* name;
  std::string text;
  const char* line;  // ":3: "; empty where there is no line
  const char* word;
};

void PrintTo(const BadFile& file, std::ostream* out) {
  *out << file.name;
}

class BadConfig : public ::testing::TestWithParam<BadFile> {};

TEST_P(BadConfig, IsRefusedWithItsLineAndItsReason) {
  const absl::StatusOr<Settings> settings = Resolve(WriteTempFile("bad.config", GetParam().text));
  ASSERT_FALSE(settings.ok());
  const absl::string_view message = settings.status().message();
  EXPECT_TRUE(absl::StrContains(message, "bad.config")) << message;
  EXPECT_TRUE(absl::StrContains(message, GetParam().line)) << message;
  EXPECT_TRUE(absl::StrContains(message, GetParam().word)) << message;
  EXPECT_FALSE(absl::StrContains(message, "\n")) << message;
  EXPECT_FALSE(absl::StrContains(message, kKey)) << message;
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadConfig,
    ::testing::Values(
        BadFile{"UnknownField", Text("bogus: 1"), ":3: ", "bogus"},
        BadFile{"BrokenText", "upstream {\n base_url: }",
                ":2: upstream.base_url: ", "expected a quoted string, got a sign"},
        BadFile{"TokenWithoutQuotes",
                Text(std::string("shop_tokens { shop_id: 1 access_token: ") + kKey + " }"),
                ":3: shop_tokens[0].access_token: ", "expected a quoted string, got a word without quotes"},
        BadFile{"TokenForANumber", Text(std::string("shop_tokens { shop_id: \"") + kKey + "\" }"),
                ":3: shop_tokens[0].shop_id: ", "expected a whole number, got a quoted string"},
        BadFile{"JsonTokenForANumber",
                std::string("{\n \"shop_tokens\": [{\n \"shop_id\": \"") + kKey + "\"}]}",
                ":3: shop_tokens[0].shop_id: ", "expected a whole number, got a quoted string"},
        BadFile{"WrongType", Text("\nserver { event_loops: \"many\" }"), ":4: server.event_loops: ",
                "expected a whole number of at most 32 bits, got a quoted string"},
        BadFile{"JsonBeyondTheBody", Text("", "max_body_bytes: 8192\nmax_json_bytes: 8193\n"),
                ":2: ", "upstream.max_json_bytes: must be 4096 to 8192, got 8193"},
        BadFile{"OutOfRange", Text("server {\n  event_loops: 65\n}"),
                ":4: ", "server.event_loops: must be 1 to 64, got 65"},
        BadFile{"ShopTwice",
                Text("shop_tokens { shop_id: 1 access_token: \"a\" }\nshop_tokens { shop_id: 1 access_token: "
                     "\"b\" }"),
                ":4: ", "shop 1 is given twice"},
        BadFile{"TokenMissing", Text("shop_tokens { shop_id: 1 }"), ":3: ", "exactly one of access_token"},
        BadFile{"TokenFileMissing", Text("shop_tokens { shop_id: 1 access_token_file: \"/nonexistent\" }"),
                ":3: ", "/nonexistent"},
        BadFile{"PlainHttp", "upstream {\n base_url: \"http://partner.shopeemobile.com\" }",
                ":2: ", "plain http"},
        BadFile{"PathInUrl", "upstream {\n base_url: \"https://partner.shopeemobile.com/api\" }",
                ":2: ", "without a path"},
        BadFile{"ProxyWithoutAPort", Text("", "proxy {\n url: \"http://proxy.example\" }"),
                ":2: ", "upstream.proxy.url: must be http://host:port"},
        BadFile{"ProxyThatResolvesNothing", Text("", "proxy {\n url: \"socks5://proxy.example:1080\" }"),
                ":2: ", "socks5h"},
        BadFile{"ProxyPasswordWithoutAUser",
                Text("", "proxy {\n url: \"http://a:1\"\n password_file: \"" + KeyFile() + "\" }"), "",
                "upstream.proxy.user: is required"},
        BadFile{"ProxyPasswordMissing",
                Text("", "proxy {\n url: \"http://a:1\" user: \"u\"\n password_file: \"/nonexistent\" }"),
                ":3: ", "upstream.proxy.password_file: "},
        BadFile{"ProxyOfNoForm", Text("", "proxy {\n url: \"proxy.internal:3128\" }"),
                ":2: ", "for example http://proxy.internal:3128"},
        BadFile{"ProxyForPlainHttp",
                "upstream { base_url: \"http://localhost:9\" proxy {\n url: \"http://a:1\" } }\n"
                "partner { partner_id: 1 partner_key_file: \"" +
                    KeyFile() + "\" }\n",
                ":2: ", "would show access tokens to the proxy"},
        BadFile{"ProxyUserWithAColon", Text("", "proxy {\n url: \"http://a:1\"\n user: \"a:b\" }"),
                ":3: ", "upstream.proxy.user: must be"},
        BadFile{"NoUpstream", "", "", "upstream.base_url: is required"},
        BadFile{"LogLevel", Text("log { level: \"loud\" }"), ":3: ", "debug, info, warning or error"},
        BadFile{"BackoffOrder", Text("retry { initial_backoff_ms: 500 max_backoff_ms: 100 }"),
                ":3: ", "retry.max_backoff_ms: must be 500 to 60000, got 100"},
        BadFile{"RedirectThatIsNoWebAddress", Text("tokens {\n redirect_url: \"backend.example\" }"),
                ":4: ", "tokens.redirect_url: must start with https:// or http://"},
        BadFile{"RedirectThatIsTooLong",
                Text("tokens {\n redirect_url: \"https://backend.example/" + std::string(2048, 'a') + "\" }"),
                ":4: ", "tokens.redirect_url: must have at most 2048 bytes"},
        BadFile{"RateOrder", Text("limits { initial_rate: 50 max_rate: 10 }"),
                ":3: ", "limits.initial_rate: must be 1 to 10, got 50"},
        BadFile{"ListenWithoutAPort", Text("listen: \"127.0.0.1:1\"\nlisten: \"nowhere\""),
                ":4: ", "listen[1]: an address must be host:port or unix:/absolute/path"},
        BadFile{"ListenBeyondThisMachine", Text("listen: \"0.0.0.0:1\""),
                ":3: ", "listen[0]: 0.0.0.0:1 is not"},
        BadFile{"MetricsWithoutAHost", Text("admin {\n metrics_listen: \":9464\" }"),
                ":4: ", "admin.metrics_listen: names no host"},
        BadFile{"NoPartnerId", "upstream { base_url: \"https://a\" }\npartner { }",
                ":2: ", "partner.partner_id: is required"},
        BadFile{"PartnerIdOfZero", "upstream { base_url: \"https://a\" }\npartner {\n partner_id: 0 }",
                ":3: ", "partner.partner_id: must be 1 or more, got 0"},
        BadFile{"NoShopId", Text("shop_tokens { access_token: \"a\" }"),
                ":3: ", "shop_tokens[0].shop_id: is required"},
        BadFile{"ShopIdBelowZero", Text("shop_tokens { shop_id: -1 access_token: \"a\" }"),
                ":3: ", "shop_tokens[0].shop_id: must be 1 or more, got -1"},
        BadFile{"HttpVersionAsANumber", Text("", "http_version: 7"),
                ":1: ", "upstream.http_version: expected one of HTTP_VERSION_UNSPECIFIED, HTTP_VERSION_1_1"},
        BadFile{"CallerAboveAll", Text("limits {\n max_calls: 10\n max_calls_per_caller: 11 }"),
                ":5: ", "limits.max_calls_per_caller: must be 1 to 10, got 11"},
        BadFile{"PeerAboveAll", Text("connections {\n max_connections: 10\n max_connections_per_peer: 11 }"),
                ":5: ", "connections.max_connections_per_peer: must be 1 to 10, got 11"},
        BadFile{"ShortHandshake", Text("connections { handshake_timeout_ms: 1 }"),
                ":3: ", "connections.handshake_timeout_ms: must be 100 to 600000, got 1"},
        BadFile{"NullForARequiredField", "{\"upstream\": {\n\"base_url\": null}}", "",
                "upstream.base_url: is required"},
        BadFile{"BrokenJson", "{\n \"listen\": [,]\n}", ":2: listen[0]: ", "this is not JSON"},
        BadFile{"UnknownJsonField", "{\n \"upstream\": {},\n \"bogus\": 1}", ":3: ", "bogus"},
        BadFile{"JsonOutOfRange",
                "{\"upstream\": {\"base_url\": \"https://a\"},\n \"partner\": {\"partner_id\": 1, "
                "\"partner_key_file\": \"" +
                    KeyFile() + "\"},\n \"server\": {\n \"event_loops\": 65}}",
                ":4: ", "must be 1 to 64"}),
    [](const auto& info) { return info.param.name; });

TEST(Config, AMissingFileOrKeyIsNamed) {
  EXPECT_TRUE(absl::StrContains(Resolve("/nonexistent/config").status().message(), "/nonexistent/config"));
  CommandLine flags;
  flags.upstream = "https://partner.shopeemobile.com";
  flags.partner_id = 1;
  flags.partner_key_file = "/nonexistent/key";
  EXPECT_TRUE(
      absl::StrContains(ResolveSettings(NoConfigFile(), flags).status().message(), "/nonexistent/key"));
  flags.partner_key_file.clear();
  unsetenv("FIRSTMILE_PARTNER_KEY");
  EXPECT_TRUE(
      absl::StrContains(ResolveSettings(NoConfigFile(), flags).status().message(), "FIRSTMILE_PARTNER_KEY"));
  setenv("FIRSTMILE_PARTNER_KEY", kKey, 1);
  EXPECT_TRUE(ResolveSettings(NoConfigFile(), flags).ok());
  unsetenv("FIRSTMILE_PARTNER_KEY");
}

absl::StatusOr<CommandLine> Parse(std::vector<std::string> words) {
  words.insert(words.begin(), "firstmiled");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return ParseCommandLine(static_cast<int>(words.size()), argv.data());
}

TEST(CommandLine, ReadsEveryFlagInBothForms) {
  const absl::StatusOr<CommandLine> line =
      Parse({"--config=c", "--listen", "127.0.0.1:0", "--listen=unix:/tmp/s", "--upstream",
             "http://127.0.0.1:1", "--partner_id", "5", "--partner_key_file", "k"});
  ASSERT_TRUE(line.ok()) << line.status().message();
  EXPECT_EQ(line->config, "c");
  EXPECT_EQ(line->listen, (std::vector<std::string>{"127.0.0.1:0", "unix:/tmp/s"}));
  EXPECT_EQ(line->partner_id, 5);
  EXPECT_EQ(line->partner_key_file, "k");
}

TEST(CommandLine, NamesTheFlagThatIsWrongAndRepeatsNoWord) {
  for (const auto& [words, wanted] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--partner_key", "canary"}, "argument 1 is not a known flag; flags are --config, --listen"},
           {{"--canary"}, "argument 1 is not a known flag"},
           {{"--config=c", "--partner_key=canary"}, "argument 2 is not a known flag"},
           {{"--config", "c", "-canary"}, "argument 3 is not a known flag"},
           {{"--listen"}, "--listen needs a value"},
           {{"--partner_id", "canary"}, "--partner_id: its value is not a whole number"},
           {{"canary"}, "argument 1 is neither a flag nor its value"},
           {{"--config=c", "canary"}, "argument 2 is neither a flag nor its value"},
           {{"shops", "--config=c", "canary"}, "argument 3 is neither a flag nor its value"},
           {{"shops", "--canary"}, "argument 2 is not a known flag"}}) {
    const absl::Status status = Parse(words).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << wanted;
    EXPECT_TRUE(absl::StrContains(status.message(), wanted)) << status.message();
    EXPECT_FALSE(absl::StrContains(status.message(), "canary")) << status.message();
  }
}

}  // namespace
}  // namespace firstmile::app
