// set_app_push_config and get_app_push_config, with a real callback.
#include <boost/json/parse.hpp>
#include <set>
#include <stdexcept>

#include "fixture.h"
#include "push_receiver.h"
#include "token_client.h"

namespace emulator_test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

const std::string kSet = "/api/v2/push/set_app_push_config";
const std::string kGet = "/api/v2/push/get_app_push_config";
constexpr char kSilent[] =
    "Shopee have sent a test push to this call back url, but we didn't get any response in 3 seconds with "
    "2xx code, "
    "please check your service.";
constexpr char kBadStatus[] =
    "Shopee have sent a test push to this call back url, the response code we get from this callback_url is "
    "not 2xx "
    "code, please check your service.";

class PushConfigTest : public EmulatorTest {
 protected:
  using EmulatorTest::EmulatorTest;

  json::object Set(const json::object& body) {
    return PartnerCaller{emulator_.port(), now_}.Post(kSet, body);
  }
  json::object Config() { return Response(PartnerCaller{emulator_.port(), now_}.Get(kGet)); }
  void Ship(int64_t shop) {
    const std::string sn = "241101" + std::to_string(shop - kShop) + "FMSHIP" + std::to_string(shop - kShop);
    const json::object answer =
        As(shop).Post(kLogistics + "ship_order",
                      json::serialize(json::object{{"order_sn", sn}, {"dropoff", {{"branch_id", 1}}}}));
    EXPECT_EQ(Text(answer, "error"), "") << sn;
  }
  // The codes of the received pushes without test pushes, in any order.
  std::multiset<int64_t> Codes() {
    EXPECT_TRUE(emulator_.WaitForPushes(30s));
    std::multiset<int64_t> codes;
    for (const ReceivedPush& push : receiver_.WaitFor(0)) {
      const int64_t code = json::parse(push.body).at("code").as_int64();
      if (code != 0) codes.insert(code);
    }
    return codes;
  }

  PushReceiver receiver_;
};

TEST_F(PushConfigTest, IsEmptyInitially) {
  const json::object config = Config();
  EXPECT_EQ(Text(config, "callback_url"), "");
  EXPECT_EQ(Text(config, "live_push_status"), "Normal");
  EXPECT_FALSE(config.contains("suspended_time"));
  EXPECT_TRUE(List(config, "blocked_shop_id").empty());
  EXPECT_TRUE(List(config, "push_config_on_list").empty());
  EXPECT_GE(List(config, "push_config_off_list").size(), 30U);
  Ship(kShop);
  EXPECT_TRUE(emulator_.Pushes().empty());
  EXPECT_EQ(Connection(emulator_.port()).Send("POST", "/_emulator/push", R"({"code":3})").status, 409);
}

TEST_F(PushConfigTest, SendsASignedTestPushToANewCallback) {
  const json::object answer = Set({{"callback_url", receiver_.url()}, {"set_push_config_on", {3, 30}}});
  EXPECT_EQ(Text(answer, "error"), "");
  EXPECT_EQ(Text(Response(answer), "result"), "success");
  const ReceivedPush test = receiver_.WaitFor(1).front();
  EXPECT_EQ(test.authorization, HmacHex(kDemoKey, receiver_.url() + "|" + test.body));
  const json::object body = json::parse(test.body).as_object();
  EXPECT_EQ(body.at("code"), 0);
  EXPECT_TRUE(body.at("data").as_object().contains("verify_info"));
  EXPECT_EQ(Text(Config(), "callback_url"), receiver_.url());
  EXPECT_EQ(List(Config(), "push_config_on_list"), (json::array{3, 30}));
  Ship(kShop);
  EXPECT_EQ(Codes(), (std::multiset<int64_t>{3, 30}));
}

TEST_F(PushConfigTest, TheEmulatorHasACallbackOfItsOwn) {
  const std::string url = "http://127.0.0.1:" + std::to_string(emulator_.port()) + "/_emulator/callback";
  EXPECT_EQ(Text(Set({{"callback_url", url}, {"set_push_config_on", {3}}}), "error"), "");
  Ship(kShop);
  ASSERT_TRUE(emulator_.WaitForPushes(10s));
  ASSERT_EQ(emulator_.Pushes().size(), 1U);
  EXPECT_EQ(emulator_.Pushes().front().state, emulator::PushRecord::State::kDelivered);
}

TEST_F(PushConfigTest, TheTestPushMayBeAnsweredWithABody) {
  receiver_.AnswerWith({.status = 201, .body = "{}"});
  EXPECT_EQ(Text(Set({{"callback_url", receiver_.url()}}), "error"), "");
}

TEST_F(PushConfigTest, ACallbackThatFailsTheTestIsNotSet) {
  const auto message = [this](PushAnswer answer) {
    receiver_.AnswerWith(std::move(answer));
    const json::object reply = Set({{"callback_url", receiver_.url()}, {"set_push_config_on", {3}}});
    EXPECT_EQ(Text(reply, "error"), "error_param");
    return Text(reply, "message");
  };
  EXPECT_EQ(message({.status = 500}), kBadStatus);
  EXPECT_EQ(message({.status = 302}), kBadStatus);
  EXPECT_EQ(Text(Config(), "callback_url"), "");
  EXPECT_TRUE(List(Config(), "push_config_on_list").empty());
}

class SilentPushConfigTest : public PushConfigTest {
 protected:
  SilentPushConfigTest() : PushConfigTest({.push_timeout = 50ms}) {}
};

TEST_F(SilentPushConfigTest, ACallbackThatDoesNotAnswerIsNotSet) {
  receiver_.AnswerWith({.silent = true});
  EXPECT_EQ(Text(Set({{"callback_url", receiver_.url()}}), "message"), kSilent);
  EXPECT_EQ(Text(Config(), "callback_url"), "");
}

TEST_F(PushConfigTest, ACallbackAtAClosedPortIsNotSet) {
  EXPECT_EQ(Text(Set({{"callback_url", "http://127.0.0.1:1/"}}), "message"), kSilent);
}

TEST_F(PushConfigTest, TheHostNameOfACallbackIsResolved) {
  const std::string url = "http://localhost:" + std::to_string(receiver_.port()) + "?a=b";
  EXPECT_EQ(Text(Set({{"callback_url", url}}), "error"), "");
  EXPECT_EQ(receiver_.WaitFor(1).front().target, "/?a=b");
  EXPECT_EQ(Connection(emulator_.port()).Send("GET", "/_emulator/pushes").body.find("a=b"),
            std::string::npos);
}

TEST_F(PushConfigTest, RefusesInvalidCallbackUrls) {
  const auto message = [this](const std::string& url) {
    return Text(Set({{"callback_url", url}}), "message");
  };
  const std::string invalid = "this callback_url is invalid, please check your callback_url.";
  for (const std::string url :
       {"", "nonsense", "ftp://a/", "http://", "http://a b/", "http://user@host/", "http://a:0/",
        "http://a:66000/", "http://a:x/", "http://a/#x", "http://[::1/"}) {
    EXPECT_EQ(message(url), invalid) << url;
  }
  EXPECT_EQ(message("http://" + std::string(3000, 'a')), invalid);
  EXPECT_EQ(message("http://hook.shopee.io/"),
            "The call back url can not be Shopee intranet address, please change another new call back url");
  EXPECT_NE(message("https://127.0.0.1/").find("TLS"), std::string::npos);
  EXPECT_NE(Text(Set({{"callback_url", 7}}), "message").find("must be a string"), std::string::npos);
  EXPECT_EQ(receiver_.count(), 0U);
}

TEST_F(PushConfigTest, NoCodeCanBeSwitchedOnWithoutACallback) {
  EXPECT_EQ(Text(Set({{"set_push_config_on", {3}}}), "message"),
            "Your app's callback_url is empty, please input a callback_url before you turn on push config.");
  EXPECT_EQ(Text(Set({{"set_push_config_off", {3}}}), "message"),
            "Wrong parameters, detail: callback_url is a required field.");
}

TEST_F(PushConfigTest, SwitchesCodesAndBlocksShopsWithoutATestPush) {
  ASSERT_EQ(Text(Set({{"callback_url", receiver_.url()}, {"set_push_config_on", {1, 3, 30}}}), "error"), "");
  ASSERT_EQ(Text(Set({{"set_push_config_off", {30}}, {"blocked_shop_id_list", {600001}}}), "error"), "");
  EXPECT_EQ(receiver_.count(), 1U);
  EXPECT_EQ(List(Config(), "push_config_on_list"), (json::array{1, 3}));
  EXPECT_EQ(List(Config(), "blocked_shop_id"), (json::array{600001}));
  Ship(kShop);
  Ship(kShop + 1);
  emulator_.AuthorizeShop(kShop + 1);
  EXPECT_EQ(Codes(), (std::multiset<int64_t>{1, 3}))
      << "a block of shops does not affect a push to the partner";
  ASSERT_EQ(Text(Set({{"blocked_shop_id_list", json::array()}}), "error"), "");
  EXPECT_TRUE(List(Config(), "blocked_shop_id").empty());
  Ship(kShop + 2);
  EXPECT_EQ(Codes(), (std::multiset<int64_t>{1, 3, 3}));
}

TEST_F(PushConfigTest, ChecksItsLists) {
  ASSERT_EQ(Text(Set({{"callback_url", receiver_.url()}}), "error"), "");
  json::array shops;
  for (int i = 0; i < 501; ++i) shops.push_back(i);
  for (const json::object& wrong :
       {json::object{{"set_push_config_on", {14}}}, json::object{{"set_push_config_on", 3}},
        json::object{{"set_push_config_on", {"3"}}}, json::object{{"set_push_config_off", {-1}}},
        json::object{{"set_push_config_on", {3}}, {"set_push_config_off", {3}}},
        json::object{{"blocked_shop_id_list", shops}}, json::object{{"blocked_shop_id_list", "600000"}}}) {
    EXPECT_EQ(Text(Set(wrong), "error"), "error_param") << wrong;
  }
  shops.pop_back();
  EXPECT_EQ(Text(Set({{"blocked_shop_id_list", shops}}), "error"), "");
}

TEST_F(PushConfigTest, IsSignedAsAPartnerCall) {
  PartnerCaller stranger{emulator_.port(), now_};
  stranger.key = "another key";
  EXPECT_EQ(Text(stranger.Post(kSet, {{"callback_url", receiver_.url()}}), "error"), "error_sign");
  EXPECT_EQ(receiver_.count(), 0U);
}

TEST_F(PushConfigTest, AnInvalidCallbackInTheOptionsIsAnError) {
  EXPECT_THROW(emulator::Emulator({.push_url = "https://127.0.0.1/"}), std::runtime_error);
}

}  // namespace
}  // namespace emulator_test
