// Access to the control API: allowed for curl and tests, refused for web pages of other origins.
#include "fixture.h"

namespace emulator_test {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

class AccessTest : public EmulatorTest {
 protected:
  std::string Own() { return "127.0.0.1:" + std::to_string(emulator_.port()); }

  HttpReply Send(const std::string& verb, const std::string& page, const std::string& body,
                 const Headers& headers) {
    Connection connection(emulator_.port());
    std::string request =
        verb + " " + page + " HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    for (const auto& [name, value] : headers) request.append(name).append(": ").append(value).append("\r\n");
    connection.SendRaw(request + "\r\n" + body);
    return connection.Read();
  }
  // A visible change: adds a fault.
  int Post(const Headers& headers, const std::string& body = R"({"preset":"rate_limit"})") {
    return Send("POST", "/_emulator/faults", body, headers).status;
  }
  std::size_t Faults() {
    const auto answer = Send("GET", "/_emulator/faults", "", {{"Host", Own()}}).Json();
    return List(answer, "faults").size();
  }
};

constexpr char kType[] = "Content-Type";
constexpr char kJson[] = "application/json";
constexpr char kForm[] = "application/x-www-form-urlencoded";

TEST_F(AccessTest, CurlMayChangeTheEmulator) {
  EXPECT_EQ(Post({{"Host", Own()}, {"User-Agent", "curl/7.88.1"}, {"Accept", "*/*"}, {kType, kForm}}), 200);
  EXPECT_EQ(Send("DELETE", "/_emulator/faults", "", {{"Host", Own()}}).status, 200);
}

TEST_F(AccessTest, TheStatusPageMayChangeTheEmulator) {
  const Headers page = {{"Host", Own()}, {"Origin", "http://" + Own()}, {"Sec-Fetch-Site", "same-origin"}};
  Headers json = page;
  json.emplace_back(kType, "application/json; charset=utf-8");
  EXPECT_EQ(Post(json), 200);
  EXPECT_EQ(Send("POST", "/_emulator/reset", "", page).status, 200)
      << "a request without a body needs no type";
  EXPECT_EQ(Send("DELETE", "/_emulator/faults", "", page).status, 200);
  EXPECT_EQ(Post({{"Host", "LocalHost"}, {"Origin", "http://localhost"}, {kType, kJson}}), 200)
      << "a browser omits port 80";
}

TEST_F(AccessTest, APageOfAnotherOriginMayChangeNothing) {
  const std::string own = "http://" + Own();
  const Headers strangers[] = {
      {{"Origin", "https://evil.example"}},
      {{"Origin", "null"}},
      {{"Origin", "http://127.0.0.1:1"}},
      {{"Origin", "http://127.0.0.1"}},
      {{"Origin", own + ".evil.example"}},
      {{"Origin", "http://evil.example"}, {"Referer", own + "/"}},
      {{"Sec-Fetch-Site", "cross-site"}},
      {{"Sec-Fetch-Site", "same-site"}, {"Origin", own}},
      {{"Referer", "https://evil.example/page?" + own}},
      {{"Referer", "http://user@evil.example/"}},
  };
  for (Headers headers : strangers) {
    const std::string shown = headers[0].first + ": " + headers[0].second;
    headers.insert(headers.begin(), {"Host", Own()});
    for (const char* type : {kJson, kForm, "text/plain", "multipart/form-data; boundary=x"}) {
      Headers typed = headers;
      typed.emplace_back(kType, type);
      EXPECT_EQ(Post(typed), 403) << shown << " as " << type;
    }
    for (const char* verb : {"POST", "DELETE", "OPTIONS", "PUT"}) {
      EXPECT_EQ(Send(verb, "/_emulator/reset", "", headers).status, 403) << verb << " " << shown;
    }
  }
  EXPECT_EQ(Faults(), 0U);
}

TEST_F(AccessTest, ABrowsersChangeMustBeJsonOrWithoutABody) {
  for (const char* type : {kForm, "text/plain", "multipart/form-data; boundary=x", ""}) {
    const HttpReply reply = Send("POST", "/_emulator/faults", R"({"preset":"rate_limit"})",
                                 {{"Host", Own()}, {"Origin", "http://" + Own()}, {kType, type}});
    EXPECT_EQ(reply.status, 403) << type;
    EXPECT_NE(reply.body.find("application/json"), std::string::npos) << reply.body;
  }
  EXPECT_EQ(Faults(), 0U);
}

TEST_F(AccessTest, AHostNameThatDnsRebindingCouldUseIsRefused) {
  for (const char* host :
       {"evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", "localhost.",
        "127.1", "2130706433", "[::1].evil.example"}) {
    const HttpReply read = Send("GET", "/_emulator/shops", "", {{"Host", host}});
    EXPECT_EQ(read.status, 403) << host;
    EXPECT_NE(read.body.find("--control_host"), std::string::npos) << read.body;
    EXPECT_EQ(Send("GET", "/_emulator/events", "", {{"Host", host}}).status, 403) << host;
    EXPECT_EQ(Post({{"Host", host}, {"Origin", std::string("http://") + host}, {kType, kJson}}), 403) << host;
  }
  for (const char* host : {"localhost", "LOCALHOST:50080", "127.0.0.1:1", "[::1]:50080", "192.0.2.7"}) {
    EXPECT_EQ(Send("GET", "/_emulator/shops", "", {{"Host", host}}).status, 200) << host;
  }
}

TEST(ControlHostTest, AConfiguredHostNameIsServed) {
  emulator::Options options;
  options.control_hosts = {"emulator"};
  emulator::Emulator emulator(options);
  const auto status = [&](const std::string& host) {
    Connection connection(emulator.port());
    connection.SendRaw("GET /_emulator/shops HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return connection.Read().status;
  };
  EXPECT_EQ(status("Emulator:50080"), 200);
  EXPECT_EQ(status("emulator.evil.example"), 403);
}

TEST_F(AccessTest, ALinkFromAnotherSiteMayRead) {
  const Headers link = {
      {"Host", Own()}, {"Sec-Fetch-Site", "cross-site"}, {"Referer", "https://docs.example/"}};
  EXPECT_EQ(Send("GET", "/_emulator/ui", "", link).status, 200);
  EXPECT_EQ(Send("GET", "/_emulator/events", "", link).status, 403) << "64 streams are open already";
}

TEST_F(AccessTest, AReadChangesNothing) {
  shop_.Get(kFirstMile + "get_channel_list");
  const auto text = [this](const std::string& page) {
    return Send("GET", "/_emulator/" + page, "", {{"Host", Own()}}).body;
  };
  const std::vector<std::string> states = {"state",   "shops",  "clock",  "snapshot", "rate_limit",
                                           "journal", "tokens", "faults", "pushes"};
  std::string before;
  for (const std::string& state : states) before += text(state);
  const auto index = Send("GET", "/_emulator/", "", {{"Host", Own()}}).Json();
  for (const auto& page : List(index, "pages")) {
    const std::string path = Text(page.as_object(), "path");
    if (path.ends_with("/events")) continue;  // a stream
    Send("GET", path, R"({"shop_id":600000,"access_token":"x"})", {{"Host", Own()}});
    Send("GET", path + "?shop_id=600000&access_token=x&advance_seconds=60&latency_ms=1&id=1&name=x", "",
         {{"Host", Own()}});
  }
  std::string after;
  for (const std::string& state : states) after += text(state);
  EXPECT_EQ(after, before);
}

TEST_F(AccessTest, TheShopeeApiIgnoresBrowserHeaders) {
  const std::string target = shop_.Target(kFirstMile + "get_channel_list");
  const HttpReply reply =
      Send("GET", target, "", {{"Host", "emulator"}, {"Origin", "https://backend.example"}});
  EXPECT_EQ(reply.status, 200);
}

}  // namespace
}  // namespace emulator_test
