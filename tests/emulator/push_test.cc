// The pushes for each change in the world, as received on the callback's socket.
#include <algorithm>
#include <set>
#include <thread>

#include "emulator/auth/authorization.h"
#include "emulator/world/world.h"
#include "push_fixture.h"

namespace emulator_test {
namespace {

using emulator::PushRecord;
using std::chrono::hours;
using std::chrono::seconds;

TEST_F(PushTest, SignsUrlAndRawBodyWithTheKeyAsBareHex) {
  ASSERT_EQ(Control("POST", "push", {{"code", 3}, {"body", "{\"note\": \"包裹\" }"}}).status, 200);
  const ReceivedPush push = receiver_.WaitFor(1).front();
  EXPECT_EQ(push.verb, "POST");
  EXPECT_EQ(push.target, "/shopee/push");
  EXPECT_EQ(push.host, "127.0.0.1:" + std::to_string(receiver_.port()));
  EXPECT_EQ(push.content_type, "application/json");
  EXPECT_EQ(push.body, "{\"note\": \"包裹\" }") << "byte by byte";
  EXPECT_EQ(push.authorization, HmacHex(kDemoKey, receiver_.url() + "|" + push.body));
}

TEST_F(PushTest, ReportsAShippedOrder) {
  const std::string sn = "2411010FMSHIP0";
  Ship(sn);
  std::vector<json::object> came = Came();
  ASSERT_EQ(came.size(), 2U);
  std::sort(came.begin(), came.end(),
            [](const auto& a, const auto& b) { return a.at("code").as_int64() < b.at("code").as_int64(); });
  const std::string package = Text(came[1].at("data").as_object(), "package_number");
  EXPECT_EQ(json::serialize(came[0]),
            R"({"data":{"items":[],"ordersn":"2411010FMSHIP0","status":"PROCESSED","completed_scenario":"",)"
            R"("update_time":1795147200},"shop_id":600000,"code":3,"timestamp":1795147200})");
  EXPECT_EQ(json::serialize(came[1]), R"({"data":{"ordersn":"2411010FMSHIP0","package_number":")" + package +
                                          R"(","fulfillment_status":"LOGISTICS_REQUEST_CREATED",)"
                                          R"("update_time":1795147200},"shop_id":600000,"code":30,)"
                                          R"("timestamp":1795147200})");
  EXPECT_TRUE(package.starts_with("OFG"));

  emulator_.AdvanceClock(seconds(10));
  const std::vector<json::object> numbers = CameOf(4);
  ASSERT_EQ(numbers.size(), 1U);
  const json::object& data = numbers[0].at("data").as_object();
  EXPECT_EQ(Text(data, "ordersn"), sn);
  EXPECT_EQ(Text(data, "package_number"), package);
  EXPECT_TRUE(Text(data, "tracking_no").starts_with("MYS"));
  EXPECT_TRUE(data.contains("forder_id"));
  EXPECT_EQ(numbers[0].at("shop_id"), kShop);
  EXPECT_GT(numbers[0].at("timestamp").as_int64(), kNow) << "the time of the event, not that of the read";
  EXPECT_LT(numbers[0].at("timestamp").as_int64(), kNow + 10);
}

TEST_F(PushTest, ReportsChangesThatOnlyTimeCauses) {
  Ship("2411010FMSHIP0");
  Settle();
  now_ += 10;  // without a call to the emulator
  receiver_.WaitFor(3);
  EXPECT_EQ(CameOf(4).size(), 1U);
}

TEST_F(PushTest, ReportsDocuments) {
  const auto print = [this](const std::string& sn, const std::string& number) {
    const json::object body = {{"order_list", json::array{{{"order_sn", sn}, {"tracking_number", number}}}}};
    EXPECT_EQ(Text(shop_.Post(kLogistics + "create_shipping_document", json::serialize(body)), "error"), "");
    emulator_.AdvanceClock(seconds(10));
  };
  const auto number_of = [this](const std::string& sn) {
    return Text(Response(shop_.Get(kLogistics + "get_tracking_number", {{"order_sn", sn}})),
                "tracking_number");
  };
  Ship("2411010FMDOCFL");
  emulator_.AdvanceClock(seconds(10));
  print("2411010FMDEMO0", number_of("2411010FMDEMO0"));
  print("2411010FMDOCFL", number_of("2411010FMDOCFL"));
  const std::vector<json::object> came = CameOf(15);
  ASSERT_EQ(came.size(), 2U);
  std::set<std::string> pushed;
  for (const json::object& push : came) {
    const json::object& data = push.at("data").as_object();
    EXPECT_EQ(push.at("shop_id"), kShop);
    EXPECT_TRUE(Text(data, "package_number").starts_with("OFG"));
    pushed.insert(Text(data, "order_sn") + " " + Text(data, "status"));
  }
  EXPECT_EQ(pushed, (std::set<std::string>{"2411010FMDEMO0 READY", "2411010FMDOCFL FAILED"}));
}

TEST_F(PushTest, ReportsEachStateOfAParcel) {
  const json::object body = {{"first_mile_tracking_number", "CNF000000000003241101"},
                             {"shipment_method", "pickup"},
                             {"region", "CN"},
                             {"logistics_channel_id", 813},
                             {"order_list", json::array{{{"order_sn", "2411010FMDEMO0"}}}}};
  ASSERT_EQ(Text(shop_.Post(kFirstMile + "bind_first_mile_tracking_number", json::serialize(body)), "error"),
            "");
  emulator_.AdvanceClock(hours(24 * 30));
  std::vector<std::string> orders;
  std::vector<std::string> packages;
  for (const PushRecord& push : emulator_.Pushes()) {
    const json::object data = json::parse(push.body).at("data").as_object();
    if (push.code == 3) orders.push_back(Text(data, "status") + Text(data, "completed_scenario"));
    if (push.code == 30) packages.push_back(Text(data, "fulfillment_status"));
    EXPECT_NE(push.code, 37) << "pickup has none";
  }
  EXPECT_EQ(orders, (std::vector<std::string>{"SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETEDNORMAL"}));
  EXPECT_EQ(packages, (std::vector<std::string>{"LOGISTICS_PICKUP_DONE", "LOGISTICS_DELIVERY_DONE"}));
}

TEST_F(PushTest, ReportsACourierBinding) {
  const json::object body = {{"shipment_method", "courier_delivery"},
                             {"region", "CN"},
                             {"order_list", json::array{{{"order_sn", "2411010FMDEMO0"}}}},
                             {"courier_delivery_info",
                              {{"address_id", 11222},
                               {"warehouse_id", "ECP03"},
                               {"logistics_product_id", 1010003},
                               {"courier_service_id", "LCN80001"}}}};
  const json::object made =
      shop_.Post(kFirstMile + "generate_and_bind_first_mile_tracking_number", json::serialize(body));
  const std::string id = Text(Response(made), "binding_id");
  Settle();
  emulator_.AdvanceClock(seconds(5));
  Settle();
  Control("POST", "numbers", {{"first_mile_tracking_number", id}, {"status", "CANCELED"}});
  const std::vector<json::object> came = CameOf(37);
  ASSERT_EQ(came.size(), 3U);
  EXPECT_EQ(json::serialize(came[0]), R"({"data":{"binding_id":")" + id +
                                          R"(","first_mile_tracking_number":"","status":"ORDER_CREATED",)"
                                          R"("update_time":1795147200},"shop_id":600000,"code":37,)"
                                          R"("timestamp":1795147200})");
  const json::object& received = came[1].at("data").as_object();
  EXPECT_EQ(Text(received, "status"), "ORDER_RECEIVED");
  EXPECT_TRUE(Text(received, "first_mile_tracking_number").starts_with("SF"));
  EXPECT_EQ(received.at("update_time"), kNow + 5);
  EXPECT_EQ(Text(came[2].at("data").as_object(), "status"), "CANCELED");
}

TEST_F(PushTest, ReportsConsent) {
  emulator_.AuthorizeShop(kShop);
  Settle();
  emulator_.AuthorizeMainAccount(kCnMainAccount);
  const std::vector<json::object> came = CameOf(1);
  ASSERT_EQ(came.size(), 3U);
  EXPECT_EQ(json::serialize(came[0]),
            R"({"data":{"authorize_type":"shop authorization by user",)"
            R"("extra":"shop id 600000 (CN) has been authorized successfully","shop_id":600000,"success":1},)"
            R"("partner_id":2001887,"code":1,"timestamp":1795147200})");
  bool shops = false;
  bool merchant = false;
  for (const json::object& push : {came[1], came[2]}) {
    const json::object& data = push.at("data").as_object();
    shops = shops || (data.contains("shop_id_list") && List(data, "shop_id_list").size() == 22 &&
                      data.at("main_account_id") == kCnMainAccount);
    merchant = merchant || (data.contains("merchant_id") && data.at("merchant_id") == kCnMerchant &&
                            Text(data, "authorize_type") == "merchant authorization by user");
  }
  EXPECT_TRUE(shops);
  EXPECT_TRUE(merchant);
}

TEST_F(PushTest, ReportsACancelledAuthorization) {
  const auto cancel = [this](emulator::auth::Account account) {
    emulator_.WithWorld([account](emulator::World& world) { emulator::auth::Cancel(world, account); });
    Settle();
  };
  cancel({false, kShop});
  cancel({true, kCnMainAccount});
  const std::vector<json::object> came = CameOf(2);
  ASSERT_EQ(came.size(), 3U);
  EXPECT_EQ(json::serialize(came[0]),
            R"({"data":{"authorize_type":"user cancel shop authorization","shop_id":600000,"success":1,)"
            R"("extra":"shop id 600000 (CN) has been cancelled its authorization"},"partner_id":2001887,)"
            R"("code":2,"timestamp":1795147200})");
  const bool by_merchant = std::any_of(came.begin() + 1, came.end(), [](const json::object& push) {
    const json::object& data = push.at("data").as_object();
    return Text(data, "authorize_type") == "user cancel merchant authorization" &&
           data.contains("merchant_id_list") && List(data, "merchant_id_list") == json::array{kCnMerchant} &&
           data.at("main_account_id") == kCnMainAccount;
  });
  EXPECT_TRUE(by_merchant);
}

TEST_F(PushTest, ReportsOnceThatAnAuthorizationEndsWithinAWeekAndThenItsEnd) {
  emulator_.AuthorizeShop(kShop, 9);
  const auto warned_after = [this](int days) {
    emulator_.AdvanceClock(hours(24 * days));
    return CameOf(12);
  };
  EXPECT_TRUE(warned_after(2).empty()) << "seven days and a half are left";
  const std::vector<json::object> came = warned_after(1);
  ASSERT_EQ(came.size(), 1U);
  const int64_t midnight = kNow - 12 * 3600 + 3 * 86400;  // of UTC+8
  EXPECT_EQ(json::serialize(came[0]),
            R"({"code":12,"timestamp":)" + std::to_string(midnight) +
                R"(,"data":{"merchant_expire_soon":[],"shop_expire_soon":[600000],"user_expire_soon":[],)"
                R"("expire_before":)" +
                std::to_string(midnight + 7 * 86400) + R"(,"page_no":1,"total_page":1}})");
  EXPECT_EQ(warned_after(5).size(), 1U);
  EXPECT_TRUE(CameOf(2).empty());
  emulator_.AdvanceClock(hours(48));
  const std::vector<json::object> ended = CameOf(2);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(
      json::serialize(ended[0].at("data")),
      R"({"authorize_type":"expiry","shopid":600000,"success":1,"extra":"The authorization is expired."})");
}

class ManyShopsPushTest : public PushTest {
 protected:
  ManyShopsPushTest() : PushTest({.extra_shops = 149}) {}
};

TEST_F(ManyShopsPushTest, ReportsEndingAuthorizationsInPages) {
  emulator_.AuthorizeMainAccount(kCnMainAccount, 5);
  emulator_.AdvanceClock(hours(24));
  const std::vector<json::object> came = CameOf(12);
  ASSERT_EQ(came.size(), 2U);
  std::set<int64_t> shops;
  std::set<int64_t> pages;
  std::size_t merchants = 0;
  for (const json::object& push : came) {
    const json::object& data = push.at("data").as_object();
    EXPECT_EQ(data.at("total_page"), 2);
    pages.insert(data.at("page_no").as_int64());
    for (const json::value& shop : List(data, "shop_expire_soon")) shops.insert(shop.as_int64());
    merchants += List(data, "merchant_expire_soon").size();
  }
  EXPECT_EQ(pages, (std::set<int64_t>{1, 2}));
  EXPECT_EQ(shops.size(), 122U);  // 120 of 150 are in CN, and two special shops
  EXPECT_EQ(merchants, 1U);
}

TEST_F(PushTest, ContinuesAfterARestoredSnapshotAndAReset) {
  ASSERT_EQ(Control("POST", "snapshot").status, 200);
  Ship("2411010FMSHIP0");
  EXPECT_EQ(CameOf(3).size(), 1U);
  ASSERT_EQ(Control("POST", "restore").status, 200);
  Ship("2411010FMSHIP0");
  EXPECT_EQ(CameOf(3).size(), 2U);
  emulator_.Reset();
  EXPECT_TRUE(emulator_.Pushes().empty());
  Ship("2411010FMSHIP0");
  EXPECT_EQ(CameOf(3).size(), 3U);
}

TEST_F(PushTest, ACloneOfTheWorldSendsNoPushes) {
  emulator_.WithWorld([](emulator::World& world) {
    const auto copy = world.Clone();
    copy->SetOrderStatus(copy->RowOfOrder("2411010FMDEMO0"), emulator::OrderStatus::kCancelled, kNow);
  });
  EXPECT_TRUE(Came().empty());
}

TEST_F(PushTest, AnUnchangedStatusIsNotReported) {
  emulator_.WithWorld([](emulator::World& world) {
    const emulator::Row order = world.RowOfOrder("2411010FMDEMO0");
    world.SetOrderStatus(order, world.order(order).status, kNow);
  });
  EXPECT_TRUE(Came().empty());
}

class ManyLoopsPushTest : public PushTest {
 protected:
  ManyLoopsPushTest() : PushTest({.threads = 4}) {}
};

TEST_F(ManyLoopsPushTest, ReportsEveryChangeOnce) {
  std::vector<std::thread> sellers;
  for (int64_t n = 0; n < 8; ++n) {
    sellers.emplace_back([this, n] {
      const std::string digit = std::to_string(n);
      const json::object body = {{"order_sn", "241101" + digit + "FMSHIP" + digit},
                                 {"dropoff", {{"branch_id", 1}}}};
      EXPECT_EQ(Text(As(kShop + n).Post(kShip, json::serialize(body)), "error"), "");
      Connection(emulator_.port()).Send("GET", "/_emulator/pushes");
      Partner().Get(kPush + "get_app_push_config");
    });
  }
  for (std::thread& seller : sellers) seller.join();
  std::multiset<int64_t> shops;
  for (const json::object& push : CameOf(3)) shops.insert(push.at("shop_id").as_int64());
  EXPECT_EQ(shops, (std::multiset<int64_t>{600000, 600001, 600002, 600003, 600004, 600005, 600006, 600007}));
  EXPECT_EQ(CameOf(30).size(), 8U);
}

TEST_F(PushTest, TheControlApiListsPushesWithoutSecrets) {
  SendByHand(2);
  Settle();
  const HttpReply reply = Control("GET", "pushes?limit=1");
  EXPECT_EQ(reply.body.find(receiver_.WaitFor(2)[0].authorization), std::string::npos);
  const json::array pushes = List(reply.Json(), "pushes");
  ASSERT_EQ(pushes.size(), 1U);
  EXPECT_EQ(pushes[0].at("id"), 2);
  EXPECT_EQ(pushes[0].at("state"), "delivered");
  EXPECT_EQ(pushes[0].at("answer"), "accepted");
  EXPECT_EQ(pushes[0].at("attempts"), 1);
  EXPECT_EQ(Control("GET", "pushes?limit=x").status, 400);
}

TEST_F(PushTest, TheControlApiSendsAnyCodeForAnyShop) {
  const json::object body = {{"code", 99}, {"shop_id", 42}, {"data", {{"a", 1}}}};
  ASSERT_EQ(Control("POST", "push", body).status, 200);
  EXPECT_EQ(json::serialize(Came().at(0)),
            R"({"data":{"a":1},"shop_id":42,"code":99,"timestamp":1795147200})");
  for (const json::object& wrong :
       {json::object{{"shop_id", 1}}, json::object{{"code", "3"}},
        json::object{{"code", 3}, {"shop_id", "1"}}, json::object{{"code", 3}, {"data", 1}},
        json::object{{"code", 3}, {"data", json::object()}, {"body", ""}},
        json::object{{"code", 3}, {"body", std::string(100'000, ' ')}}}) {
    EXPECT_EQ(Control("POST", "push", wrong).status, 400) << wrong;
  }
}

}  // namespace
}  // namespace emulator_test
