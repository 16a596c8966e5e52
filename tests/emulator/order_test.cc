#include <set>

#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kOrderList = "/api/v2/order/get_order_list";
const std::string kOrderDetail = "/api/v2/order/get_order_detail";
const std::string kShipmentList = "/api/v2/order/get_shipment_list";
constexpr int64_t kDay = 86400;

class OrderTest : public EmulatorTest {
 protected:
  static Params Window(int64_t from, int64_t to) {
    return {{"time_range_field", "create_time"},
            {"time_from", std::to_string(from)},
            {"time_to", std::to_string(to)},
            {"page_size", "7"}};
  }
  std::string Error(const std::string& path, const Params& params) {
    const json::object answer = shop_.Get(path, params);
    return Text(answer, "error") + ": " + Text(answer, "message");
  }
  // Every order_sn of a list, read page by page; fails the test on a row that stands there twice.
  std::set<std::string> ReadAll(const std::string& path, Params params) {
    std::set<std::string> names;
    std::set<std::string> rows;
    params.emplace_back("cursor", "");
    for (int page = 0; page < 1000; ++page) {
      const json::object response = Response(shop_.Get(path, params));
      for (const json::value& order : List(response, "order_list")) {
        EXPECT_TRUE(rows.insert(json::serialize(order)).second);
        names.insert(Text(order.as_object(), "order_sn"));
      }
      params.back().second = Text(response, "next_cursor");
      if (!response.at("more").as_bool()) break;
    }
    EXPECT_EQ(params.back().second, "");
    return names;
  }
};

TEST_F(OrderTest, ListHasEveryOrderOfTheWindowOnce) {
  const auto recent = ReadAll(kOrderList, Window(kNow - 2 * kDay, kNow));
  EXPECT_EQ(recent.size(), 14U) << "ten to ship and four special ones were created yesterday";
  EXPECT_TRUE(recent.contains("2411010FMSHIP0"));
  EXPECT_FALSE(recent.contains("2411010FMDEMO0"));
  EXPECT_TRUE(ReadAll(kOrderList, Window(kNow - 31 * kDay, kNow - 17 * kDay)).contains("2411010FMDEMO0"));
}

TEST_F(OrderTest, ListFiltersByStatusAndShowsItOnRequest) {
  Params params = Window(kNow - 31 * kDay, kNow - 29 * kDay);
  params.emplace_back("order_status", "READY_TO_SHIP");
  params.emplace_back("response_optional_fields", "order_status");
  const json::array orders = List(Response(shop_.Get(kOrderList, params)), "order_list");
  EXPECT_EQ(Text(Element(orders, "order_sn", "2411010FMREADY"), "order_status"), "READY_TO_SHIP");
  for (const json::value& order : orders) {
    EXPECT_EQ(Text(order.as_object(), "order_status"), "READY_TO_SHIP") << order;
  }
}

TEST_F(OrderTest, PendingOrdersAreListedOnRequestOnly) {
  Params params = Window(kNow - 31 * kDay, kNow - 29 * kDay);
  EXPECT_FALSE(ReadAll(kOrderList, params).contains("2411010FMALLOC"));
  params.emplace_back("request_order_status_pending", "true");
  EXPECT_TRUE(ReadAll(kOrderList, params).contains("2411010FMALLOC"));
  EXPECT_TRUE(ReadAll(kOrderList, params).contains("2411010FMDEMO1"));
}

TEST_F(OrderTest, ListRefusesLongAndBackwardWindows) {
  const std::string refusal =
      "order.order_list_invalid_time: Start time must be earlier than end time and diff in 15days.";
  EXPECT_EQ(Error(kOrderList, Window(kNow - 15 * kDay - 1, kNow)), refusal);
  EXPECT_EQ(Error(kOrderList, Window(kNow, kNow - 1)), refusal);
  EXPECT_EQ(Error(kOrderList, Window(kNow - 15 * kDay, kNow)), ": ");
  EXPECT_EQ(Error(kOrderList, {{"time_range_field", "create_time"}}),
            "error_param: Wrong parameters, detail: time_from is a required field.");
}

TEST_F(OrderTest, AListMayBeSentWithRepeatedKeys) {
  const json::object answer = shop_.Get(kOrderDetail, {{"order_sn_list", "2411010FMDEMO0"},
                                                       {"order_sn_list", "2411010FMDEMO1,2411010FMDEMO2"},
                                                       {"response_optional_fields", "note"},
                                                       {"response_optional_fields", "item_list"}});
  const json::array orders = List(Response(answer), "order_list");
  ASSERT_EQ(orders.size(), 3U);
  EXPECT_TRUE(orders.at(0).as_object().contains("note"));
  EXPECT_TRUE(orders.at(0).as_object().contains("item_list"));
}

TEST_F(OrderTest, ShipmentListHasThePackagesThatWaitForShipOrder) {
  const auto waiting = ReadAll(kShipmentList, {{"page_size", "4"}});
  EXPECT_TRUE(waiting.contains("2411010FMREADY"));
  EXPECT_TRUE(waiting.contains("2411010FMPARTS"));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(waiting.contains("2411010FMSHIP" + std::to_string(i))) << i;
  EXPECT_FALSE(waiting.contains("2411010FMDEMO0"));
}

TEST_F(OrderTest, DetailShowsThePackagesOfASplitOrderOnRequest) {
  const json::array plain =
      List(Response(shop_.Get(kOrderDetail, {{"order_sn_list", "2411010FMSPLIT"}})), "order_list");
  ASSERT_EQ(plain.size(), 1U);
  EXPECT_EQ(Text(plain[0].as_object(), "order_status"), "PROCESSED");
  EXPECT_FALSE(plain[0].as_object().contains("package_list"));
  const json::array full =
      List(Response(shop_.Get(kOrderDetail, {{"order_sn_list", "2411010FMSPLIT"},
                                             {"response_optional_fields", "package_list,split_up"}})),
           "order_list");
  const json::object order = full.at(0).as_object();
  EXPECT_TRUE(order.at("split_up").as_bool());
  const json::object second = Element(List(order, "package_list"), "package_number", "OFG241101000000002");
  EXPECT_EQ(Text(second, "logistics_status"), "LOGISTICS_REQUEST_CREATED");
}

TEST_F(OrderTest, DetailOmitsOrdersOfOtherShopsWithAWarning) {
  const json::object answer =
      shop_.Get(kOrderDetail, {{"order_sn_list", "2411010FMDEMO0,2411011FMDEMO0,NOSUCHORDER"}});
  EXPECT_EQ(List(Response(answer), "order_list").size(), 1U);
  EXPECT_EQ(List(answer, "warning").size(), 2U);
  EXPECT_EQ(Error(kOrderDetail, {{"order_sn_list", "NOSUCHORDER"}}),
            "error_param: The information you queried is not found.");
}

}  // namespace
}  // namespace emulator_test
