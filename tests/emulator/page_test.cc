#include "fixture.h"

namespace emulator_test {
namespace {

class PageTest : public EmulatorTest {
 protected:
  HttpReply Get(const std::string& target) { return Connection(emulator_.port()).Send("GET", target); }
};

TEST_F(PageTest, TheRootRedirectsToTheStatusPage) {
  EXPECT_EQ(Get("/").status, 302);
}

TEST_F(PageTest, IsOneHtmlPageThatLoadsNothingElse) {
  const HttpReply page = Get("/_emulator/ui");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("id=\"clock-time\""), std::string::npos);
  EXPECT_NE(page.body.find("prefers-color-scheme: dark"), std::string::npos);
  EXPECT_NE(page.body.find("new EventSource"), std::string::npos);
  for (const char* external : {"src=", "http://", "https://", "@import", "<!--"}) {
    EXPECT_EQ(page.body.find(external), std::string::npos) << external;
  }
}

TEST_F(PageTest, TheStateCountsOrdersAndNumbersOfAShop) {
  const auto state = Get("/_emulator/state").Json();
  EXPECT_EQ(state.at("now").as_int64(), kNow);
  EXPECT_EQ(Text(state, "today"), kToday);
  const auto& first = List(state, "shops")[0].get_object();
  EXPECT_EQ(first.at("shop_id").as_int64(), kShop);
  EXPECT_GE(first.at("orders").at("PROCESSED").as_int64(), 250);
  EXPECT_GE(first.at("numbers").at("ORDER_RECEIVED").as_int64(), 1);
  EXPECT_EQ(first.at("unbound_packages").as_int64(), 250);
}

TEST_F(PageTest, TheShopPageShowsABind) {
  shop_.Post(
      kFirstMile + "bind_first_mile_tracking_number",
      R"({"first_mile_tracking_number":"CNF000000000003241101","shipment_method":"pickup","region":"cn",)"
      R"("logistics_channel_id":813,"order_list":[{"order_sn":"2411010FMDEMO0"}]})");
  const auto shop = Get("/_emulator/shop?shop_id=600000").Json();
  const auto number =
      Element(List(shop, "number_list"), "first_mile_tracking_number", "CNF000000000003241101");
  EXPECT_EQ(number.at("packages").as_int64(), 1);
  EXPECT_EQ(number.at("orders").as_array()[0].as_string(), "2411010FMDEMO0");
  EXPECT_EQ(Text(number, "status"), "ORDER_RECEIVED");
  EXPECT_LE(List(shop, "order_list").size(), 60U);
  EXPECT_EQ(Get("/_emulator/shop").status, 400);
  EXPECT_EQ(Get("/_emulator/shop?shop_id=1").status, 404);
}

TEST_F(PageTest, TheJournalCanBeLimited) {
  for (int i = 0; i < 3; ++i) shop_.Get(kFirstMile + "get_channel_list");
  const auto newest = Get("/_emulator/journal?limit=1").Json();
  ASSERT_EQ(List(newest, "requests").size(), 1U);
  EXPECT_EQ(List(newest, "requests")[0].at("sequence").as_int64(), 3);
  EXPECT_EQ(Get("/_emulator/journal?limit=x").status, 400);
}

TEST_F(PageTest, TheJournalHidesTokensInBodies) {
  Connection(emulator_.port())
      .Send("POST", "/api/v2/auth/access_token/get?code=onetime",
            R"({"refresh_token":"hush","shop_id":600000})");
  const auto journal = emulator_.Journal();
  ASSERT_EQ(journal.size(), 1U);
  EXPECT_EQ(journal[0].body, R"({"refresh_token":"***","shop_id":600000})");
  EXPECT_EQ(journal[0].query, "code=***");
}

TEST_F(PageTest, EventsReportChanges) {
  Connection stream(emulator_.port());
  stream.SendRaw("GET /_emulator/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  const std::string head = stream.ReadUntil("\n\n");
  EXPECT_NE(head.find("Content-Type: text/event-stream"), std::string::npos);
  EXPECT_NE(head.find("event: change"), std::string::npos);
  shop_.Get(kFirstMile + "get_channel_list");
  EXPECT_NE(stream.ReadUntil("\n\n").find("event: change"), std::string::npos);
  now_ = kNow + 60;
  const std::string moved = "\"now\":" + std::to_string(kNow + 60);
  EXPECT_NE(stream.ReadUntil(moved).find(moved), std::string::npos);
}

}  // namespace
}  // namespace emulator_test
