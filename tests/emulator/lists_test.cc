#include <set>

#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kUnbound = kFirstMile + "get_unbind_order_list";
const std::string kNumbers = kFirstMile + "get_tracking_number_list";
const std::string kDetail = kFirstMile + "get_detail";

struct Walk {
  std::vector<std::string> names;
  int pages = 0;
};

class ListsTest : public EmulatorTest {
 protected:
  // Reads all pages.
  Walk ReadAll(const std::string& path, const Params& params, const std::string& list,
               const std::string& name) {
    Walk walk;
    std::string cursor = "\"\"";  // the empty cursor of the official samples
    for (bool more = true; more && walk.pages < 1000; ++walk.pages) {
      Params page = params;
      page.emplace_back("cursor", cursor);
      const json::object response = Response(shop_.Get(path, page));
      for (const json::value& row : List(response, list)) walk.names.push_back(Text(row.get_object(), name));
      more = response.at("more").get_bool();
      cursor = Text(response, "next_cursor");
      EXPECT_EQ(cursor.empty(), !more);
    }
    return walk;
  }
};

TEST_F(ListsTest, UnboundOrdersAreListedOnceAcrossAllPages) {
  const Walk walk = ReadAll(kUnbound, {{"page_size", "10"}, {"response_optional_fields", "package_number"}},
                            "order_list", "package_number");
  EXPECT_EQ(walk.names.size(), 250U);
  EXPECT_EQ(std::set<std::string>(walk.names.begin(), walk.names.end()).size(), 250U);
  EXPECT_EQ(walk.pages, 25);
}

TEST_F(ListsTest, UnboundOrdersBeginWithTheDemoOrders) {
  const json::object response = Response(shop_.Get(kUnbound));
  const json::array& orders = List(response, "order_list");
  ASSERT_EQ(orders.size(), 10U) << "the default page";
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Text(orders[static_cast<std::size_t>(i)].get_object(), "order_sn"),
              "2411010FMDEMO" + std::to_string(i));
  }
}

TEST_F(ListsTest, UnboundOrdersHaveOnlyTheRequestedFields) {
  const auto first = [this](const Params& params) {
    const json::object response = Response(shop_.Get(kUnbound, params));
    return List(response, "order_list")[0].get_object();
  };
  EXPECT_EQ(first({}).size(), 1U);
  const json::object full = first({{"response_optional_fields", "logistics_status,package_number"}});
  EXPECT_EQ(Text(full, "logistics_status"), "LOGISTICS_REQUEST_CREATED");
  EXPECT_EQ(Text(full, "package_number").substr(0, 3), "OFG");
  const json::object refused = shop_.Get(kUnbound, {{"response_optional_fields", "package_number,colour"}});
  EXPECT_EQ(Text(refused, "error"), "firstmile.invalid_response_field");
  EXPECT_EQ(Text(refused, "message"), "Invalid response field(colour).");
}

TEST_F(ListsTest, UnboundOrdersLimitThePageSize) {
  const json::object over = shop_.Get(kUnbound, {{"page_size", "101"}});
  EXPECT_EQ(Text(over, "error"), "error_param");
  EXPECT_EQ(Text(over, "message"), "Wrong parameters, detail: page_size must be 100 or less.");
  for (const char* size : {"0", "-5", "ten", "99999999999999999999"}) {
    EXPECT_EQ(Text(shop_.Get(kUnbound, {{"page_size", size}}), "error"), "error_param") << size;
  }
  EXPECT_EQ(Text(shop_.Get(kUnbound, {{"cursor", "next"}}), "error"), "error_param");
  EXPECT_EQ(List(Response(shop_.Get(kUnbound, {{"page_size", "100"}})), "order_list").size(), 100U);
}

TEST_F(ListsTest, UnboundOrdersAreThoseOfTheCallingShop) {
  const json::object response = Response(As(600001).Get(kUnbound, {{"page_size", "100"}}));
  EXPECT_EQ(List(response, "order_list").size(), 30U);
  EXPECT_EQ(Text(List(response, "order_list")[0].get_object(), "order_sn"), "2411011FMDEMO0");
}

TEST_F(ListsTest, UnboundOrdersOlderThanSixMonthsAreNotListed) {
  now_ = kNow + 200 * 86400;
  shop_.now = now_;
  EXPECT_TRUE(List(Response(shop_.Get(kUnbound)), "order_list").empty());
}

TEST_F(ListsTest, NumbersAreListedOnceAcrossAllPages) {
  const Walk walk =
      ReadAll(kNumbers, {{"from_date", "2026-10-01"}, {"to_date", "2026-11-20"}, {"page_size", "10"}},
              "first_mile_tracking_number_list", "first_mile_tracking_number");
  EXPECT_EQ(walk.names.size(), 35U);
  EXPECT_EQ(std::set<std::string>(walk.names.begin(), walk.names.end()).size(), 35U);
  EXPECT_EQ(walk.pages, 4);
}

TEST_F(ListsTest, NumbersOfTheLastDayAreIncluded) {
  const json::object response =
      Response(shop_.Get(kNumbers, {{"from_date", "2026-11-18"}, {"to_date", kYesterday}}));
  const json::array& numbers = List(response, "first_mile_tracking_number_list");
  ASSERT_EQ(numbers.size(), 2U);
  EXPECT_EQ(Text(numbers[1].get_object(), "declare_date"), kYesterday);
  EXPECT_EQ(Text(numbers[1].get_object(), "first_mile_tracking_number").substr(15), "261119");
}

TEST_F(ListsTest, NumbersIncludeAnUndocumentedStatus) {
  const json::object response =
      Response(shop_.Get(kNumbers, {{"from_date", "2026-10-01"}, {"to_date", kToday}, {"page_size", "50"}}));
  std::set<std::string> seen;
  for (const json::value& row : List(response, "first_mile_tracking_number_list")) {
    seen.insert(Text(row.get_object(), "status"));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"INIT", "NOT_AVAILABLE", "ORDER_RECEIVED", "PICKED_UP"}));
}

TEST_F(ListsTest, NumbersRejectInvalidDates) {
  const json::object equal = shop_.Get(kNumbers, {{"from_date", kToday}, {"to_date", kToday}});
  EXPECT_EQ(Text(equal, "error"), "firstmile.date_range_error");
  EXPECT_EQ(Text(equal, "message"), "The \"from_date\" time must be smaller than the \"to_date\" time.");
  for (const char* date : {"2026-1-01", "20260101", "2026-02-30", "2026-13-01", "tomorrow"}) {
    const json::object wrong = shop_.Get(kNumbers, {{"from_date", date}, {"to_date", kToday}});
    EXPECT_EQ(Text(wrong, "error"), "common.unknown_error") << date;
    EXPECT_EQ(Text(wrong, "message"), "Unknown error, detail: error_key:FM_DATE_FORMAT_ERROR.");
  }
  EXPECT_EQ(Text(shop_.Get(kNumbers, {{"to_date", kToday}}), "message"),
            "Wrong parameters, detail: from_date is a required field.");
  const Params too_long = {{"from_date", "2026-01-01"}, {"to_date", kToday}, {"page_size", "51"}};
  EXPECT_EQ(Text(shop_.Get(kNumbers, too_long), "message"),
            "Wrong parameters, detail: page_size must be 50 or less.");
}

TEST_F(ListsTest, DetailHasAHundredOrdersPerPage) {
  const Walk walk =
      ReadAll(kDetail, {{"first_mile_tracking_number", "SFDEMO0000000250"}}, "order_list", "order_sn");
  EXPECT_EQ(std::set<std::string>(walk.names.begin(), walk.names.end()).size(), 250U);
  EXPECT_EQ(walk.pages, 3);
}

TEST_F(ListsTest, DetailDescribesTheNumberAndItsParcels) {
  const json::object response =
      Response(shop_.Get(kDetail, {{"first_mile_tracking_number", "CNF877146678717210312"}}));
  EXPECT_EQ(response.at("logistics_channel_id").as_int64(), 813);
  EXPECT_EQ(Text(response, "shipment_method"), "pickup");
  EXPECT_EQ(Text(response, "status"), "ORDER_RECEIVED");
  EXPECT_EQ(Text(response, "declare_date"), "2021-03-12");
  const json::object order = Element(List(response, "order_list"), "order_sn", "201214JASXYXY6");
  EXPECT_EQ(Text(order, "sls_tracking_number"), "MY200448706479IT");
  EXPECT_FALSE(order.at("pick_up_done").as_bool());
  EXPECT_FALSE(order.at("arrived_transit_warehouse").as_bool());
}

TEST_F(ListsTest, DetailOfAnUnknownNumberIsNotAnError) {
  const json::object answer = shop_.Get(kDetail, {{"first_mile_tracking_number", "CNF999999999999991231"}});
  EXPECT_EQ(Text(answer, "error"), "");
  EXPECT_EQ(Text(Response(answer), "status"), "NOT_AVAILABLE");
  EXPECT_TRUE(List(Response(answer), "order_list").empty());
  EXPECT_EQ(Text(shop_.Get(kDetail), "message"),
            "Wrong parameters, detail: first_mile_tracking_number is a required field.");
}

TEST_F(ListsTest, DetailHidesTheOrdersOfOtherShops) {
  const json::object response =
      Response(As(600001).Get(kDetail, {{"first_mile_tracking_number", "CNF877146678717210312"}}));
  EXPECT_EQ(Text(response, "status"), "ORDER_RECEIVED");
  EXPECT_TRUE(List(response, "order_list").empty());
}

TEST_F(ListsTest, ChannelsDependOnTheRegion) {
  const std::string path = kFirstMile + "get_channel_list";
  const auto methods = [&](const json::object& answer) {
    std::multiset<std::string> found;
    for (const json::value& row : List(Response(answer), "logistics_channel_list")) {
      found.insert(Text(row.get_object(), "shipment_method"));
    }
    return found;
  };
  EXPECT_EQ(methods(shop_.Get(path)), (std::multiset<std::string>{"pickup", "self_deliver", "dropoff",
                                                                  "dropoff", "dropoff", "dropoff"}));
  EXPECT_EQ(methods(As(600004).Get(path)),
            (std::multiset<std::string>{"pickup", "self_deliver", "dropoff", "dropoff"}));
  EXPECT_EQ(methods(shop_.Get(path, {{"region", "KR"}})).size(), 4U);
  const json::object wrong = shop_.Get(path, {{"region", "MY"}});
  EXPECT_EQ(Text(wrong, "error"), "firstmile.area_not_support");
  EXPECT_EQ(Text(wrong, "message"), "Area is invalid.Now we only support area in CN,KR.");
}

TEST_F(ListsTest, VendorWarehousesAppearForDropoffOnly) {
  const std::string path = kFirstMile + "get_transit_warehouse_list";
  const auto count = [&](const Params& params) {
    return List(Response(shop_.Get(path, params)), "transit_warehouse_list").size();
  };
  EXPECT_EQ(count({}), 3U);
  EXPECT_EQ(count({{"region", "CN"}, {"shipment_method", "pickup"}}), 3U);
  EXPECT_EQ(count({{"shipment_method", "dropoff"}}), 4U);
  EXPECT_EQ(Text(shop_.Get(path, {{"shipment_method", "drone"}}), "error"), "error_param");
  const json::object home =
      Element(List(Response(shop_.Get(path)), "transit_warehouse_list"), "warehouse_id", "ECP03");
  EXPECT_EQ(home.at("warehouse_type").as_int64(), 0);
  EXPECT_EQ(Text(home, "warehouse_name_cn"), "深圳转运仓");
}

TEST(BigListTest, APageOfTwoHundredThousandUnboundOrdersIsFast) {
  emulator::Options options;
  options.unbound_orders = 200'000;
  options.now = [] { return kNow; };
  emulator::Emulator emulator(options);
  const Caller caller(emulator.port(), kNow);
  std::string cursor;
  std::size_t rows = 0;
  const auto start = std::chrono::steady_clock::now();
  Connection connection(emulator.port());
  do {
    const Params page = {{"page_size", "100"}, {"cursor", cursor}};
    const json::object response = Response(connection.Send("GET", caller.Target(kUnbound, page)).Json());
    rows += List(response, "order_list").size();
    cursor = Text(response, "next_cursor");
  } while (!cursor.empty());
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(rows, 200'000U);
  RecordProperty("us_per_page", std::to_string(took.count() * 1000 / 2000));
  EXPECT_LT(took.count() / 2000, 25) << "milliseconds for a page, client included";
}

}  // namespace
}  // namespace emulator_test
