#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kChannels = kFirstMile + "get_channel_list";

class ControlTest : public EmulatorTest {
 protected:
  HttpReply Control(const std::string& verb, const std::string& path, const std::string& body = "") {
    return Connection(emulator_.port()).Send(verb, "/_emulator/" + path, body);
  }
};

TEST_F(ControlTest, ListsItsPages) {
  const json::object index = Control("GET", "").Json();
  Element(List(index, "pages"), "path", "/_emulator/shops");
  EXPECT_EQ(Control("GET", "nothing").status, 404);
  EXPECT_EQ(Control("DELETE", "shops").status, 405);
}

TEST_F(ControlTest, ListsShopsWithTokensThatWork) {
  const json::object answer = Control("GET", "shops").Json();
  const json::array& shops = List(answer, "shops");
  EXPECT_EQ(shops.size(), 29U) << "25 ordinary and 4 special ones";
  const json::object& first = shops[0].get_object();
  EXPECT_EQ(first.at("shop_id").as_int64(), 600000);
  EXPECT_EQ(Text(first, "region"), "CN");
  Caller caller = shop_;
  caller.access_token = Text(first, "access_token");
  EXPECT_EQ(Text(caller.Get(kChannels), "error"), "");
  EXPECT_EQ(emulator::DefaultAccessToken(600000), "acce5500000000000000000000600000");
}

TEST_F(ControlTest, ChangesAToken) {
  EXPECT_EQ(Control("POST", "shops", R"({"shop_id":600000,"access_token":"fresh"})").status, 200);
  EXPECT_EQ(shop_.GetRaw(kChannels).status, 403);
  shop_.access_token = "fresh";
  EXPECT_EQ(shop_.GetRaw(kChannels).status, 200);
  EXPECT_EQ(Control("POST", "shops", R"({"shop_id":600000,"linked":false})").status, 200);
  EXPECT_EQ(Text(shop_.Get(kChannels), "msg"), "Your partner id and shop has no link.");
  EXPECT_EQ(Control("POST", "shops", R"({"shop_id":1})").status, 404);
  EXPECT_EQ(Control("POST", "shops", R"({})").status, 400);
}

TEST_F(ControlTest, ChangesTheStateOfANumber) {
  const std::string body = R"({"first_mile_tracking_number":"CNF877146678717210312","status":"PICKED_UP"})";
  EXPECT_EQ(Control("POST", "numbers", body).status, 200);
  const json::object detail =
      shop_.Get(kFirstMile + "get_detail", {{"first_mile_tracking_number", "CNF877146678717210312"}});
  EXPECT_EQ(Text(Response(detail), "status"), "PICKED_UP");
  EXPECT_EQ(Control("POST", "numbers", R"({"first_mile_tracking_number":"X","status":"PICKED_UP"})").status,
            404);
  EXPECT_EQ(Control("POST", "numbers", R"({"first_mile_tracking_number":"X","status":"LOST"})").status, 400);
}

TEST_F(ControlTest, KeepsAJournalWithoutSecrets) {
  shop_.Get(kFirstMile + "get_transit_warehouse_list", {{"region", "CN"}});
  shop_.Post(kFirstMile + "get_waybill", R"({"first_mile_tracking_number_list":["X"]})");
  const std::string text = Control("GET", "journal").body;
  EXPECT_EQ(text.find(shop_.access_token), std::string::npos);
  EXPECT_EQ(text.find(shop_.Common(kFirstMile + "get_waybill")[2].second), std::string::npos);
  const json::object journal = Control("GET", "journal").Json();
  const json::array& requests = List(journal, "requests");
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(Text(requests[0].get_object(), "query"),
            "partner_id=2001887&timestamp=1795147200&sign=***&access_token=***&shop_id=600000&region=CN");
  const json::object& second = requests[1].get_object();
  EXPECT_EQ(Text(second, "verb"), "POST");
  EXPECT_EQ(Text(second, "body"), R"({"first_mile_tracking_number_list":["X"]})");
  EXPECT_EQ(Text(second, "error"), "firstmile.error_param");
  EXPECT_EQ(second.at("status").as_int64(), 200);
  EXPECT_EQ(Text(second, "request_id").size(), 32U);
}

TEST_F(ControlTest, CountsRequests) {
  shop_.Get(kChannels);
  shop_.Get(kChannels);
  const json::object counters = Control("GET", "counters").Json();
  EXPECT_EQ(counters.at("requests").at(kChannels).as_int64(), 2);
  EXPECT_EQ(counters.at("total_requests").as_int64(), 2) << "the control API is not counted";
  EXPECT_EQ(emulator_.RequestCount(kChannels), 2U);
}

TEST_F(ControlTest, SetsAndRemovesFaults) {
  const HttpReply set = Control(
      "POST", "faults",
      R"({"action":"answer","path":"/api/v2/first_mile/get_channel_list","times":1,"status":503,"body":{"error":"x"}})");
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(List(set.Json(), "faults").size(), 1U);
  const HttpReply failed = shop_.GetRaw(kChannels);
  EXPECT_EQ(failed.status, 503);
  EXPECT_EQ(failed.body, R"({"error":"x"})");
  EXPECT_EQ(shop_.GetRaw(kChannels).status, 200);
  EXPECT_EQ(Control("POST", "faults", R"({"action":"close"})").status, 200);
  EXPECT_EQ(shop_.GetRaw(kChannels).status, 0);
  EXPECT_EQ(Control("DELETE", "faults").status, 200);
  EXPECT_EQ(shop_.GetRaw(kChannels).status, 200);
}

TEST_F(ControlTest, RefusesInvalidFaults) {
  for (const char* body :
       {"{}", R"({"action":"explode"})", R"({"action":"close","colour":1})",
        R"({"action":"answer","status":42})", R"({"action":"delay","delay_ms":-1})", "[]"}) {
    EXPECT_EQ(Control("POST", "faults", body).status, 400) << body;
  }
}

TEST_F(ControlTest, AnswersAreValidJsonForAnyBytesInARequest) {
  const Params bytes = {{"order_sn", "\xab"}, {"response_optional_fields", "a\xff\xc3(\xc3\xa9"}};
  const HttpReply refused = shop_.GetRaw(kLogistics + "get_tracking_number", bytes);
  EXPECT_NE(Text(refused.Json(), "message").find("a\uFFFD\uFFFD(\u00E9"), std::string::npos) << refused.body;
  shop_.PostRaw(kFirstMile + "get_waybill", "{\"\xab\":\xe2\x82");
  EXPECT_EQ(List(Control("GET", "journal").Json(), "requests").size(), 2U);
}

TEST_F(ControlTest, RefusesNumbersOutOfRange) {
  for (const char* body :
       {R"({"action":"close","times":4294967296})", R"({"action":"close","skip":4294967297})",
        R"({"action":"answer","status":4294967496})", R"({"action":"delay","delay_ms":3600001})"}) {
    EXPECT_EQ(Control("POST", "faults", body).status, 400) << body;
  }
  EXPECT_EQ(Control("POST", "latency", R"({"latency_ms":9223372036854775807})").status, 400);
  EXPECT_EQ(Control("POST", "latency", R"({"latency_ms":3600000})").status, 200);
}

TEST_F(ControlTest, ResetsEverything) {
  shop_.Post(kFirstMile + "unbind_first_mile_tracking_number_all",
             R"({"order_list":[{"order_sn":"201214JASXYXY6"}]})");
  Control("POST", "faults", R"({"action":"close"})");
  Control("POST", "latency", R"({"latency_ms":100000})");
  EXPECT_EQ(Control("POST", "reset").status, 200);
  EXPECT_EQ(emulator_.counters().total_requests, 0U);
  EXPECT_TRUE(emulator_.Journal().empty());
  const json::object tracking =
      shop_.Get(kLogistics + "get_tracking_number",
                {{"order_sn", "201214JASXYXY6"}, {"response_optional_fields", "first_mile_tracking_number"}});
  EXPECT_EQ(Text(Response(tracking), "first_mile_tracking_number"), "CNF877146678717210312");
}

TEST(JournalTest, IsBounded) {
  emulator::Options options;
  options.journal_length = 3;
  options.journal_body_bytes = 4;
  options.now = [] { return kNow; };
  emulator::Emulator emulator(options);
  for (int i = 0; i < 5; ++i) Caller(emulator.port(), kNow).Post(kFirstMile + "get_waybill", "{\"a\":1}");
  const auto journal = emulator.Journal();
  ASSERT_EQ(journal.size(), 3U);
  EXPECT_EQ(journal[0].sequence, 3U);
  EXPECT_EQ(journal[2].body, "{\"a\"");
  EXPECT_EQ(journal[2].error, "error_param") << "the newest entries have their status";
}

}  // namespace
}  // namespace emulator_test
