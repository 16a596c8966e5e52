// Bookings: lists, shipping, documents, and the order that each one gets.
#include "push_fixture.h"

namespace emulator_test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const std::string kOrders = "/api/v2/order/";
const std::string kShipBooking = kLogistics + "ship_booking";
const std::string kCreate = kLogistics + "create_booking_shipping_document";
const std::string kResult = kLogistics + "get_booking_shipping_document_result";
const std::string kDownload = kLogistics + "download_booking_shipping_document";
const std::string kBooking = "241101BKSHIP00";

class BookingTest : public PushTest {
 protected:
  json::object ListOf(std::vector<std::pair<std::string, std::string>> more) {
    std::vector<std::pair<std::string, std::string>> query = {{"time_range_field", "create_time"},
                                                              {"time_from", std::to_string(kNow - 3 * 86400)},
                                                              {"time_to", std::to_string(kNow)},
                                                              {"page_size", "100"}};
    for (auto& [name, value] : more) {
      std::erase_if(query, [&](const auto& pair) { return pair.first == name; });
      query.emplace_back(name, value);
    }
    return shop_.Get(kOrders + "get_booking_list", query);
  }
  json::object Detail(const std::string& sn) {
    const json::object answer =
        shop_.Get(kOrders + "get_booking_detail",
                  {{"booking_sn_list", sn}, {"response_optional_fields", "pickup_done_time,item_list"}});
    return List(Response(answer), "booking_list").at(0).as_object();
  }
  json::object ShipIt(const std::string& sn, const json::object& way = {{"dropoff", json::object()}}) {
    json::object body = way;
    body["booking_sn"] = sn;
    return shop_.Post(kShipBooking, json::serialize(body));
  }
  std::string Number(const std::string& sn) {
    return Text(shop_.Get(kLogistics + "get_booking_tracking_number", {{"booking_sn", sn}}),
                "tracking_number");
  }
  static std::string Body(const std::string& sn, const std::string& number = "",
                          const std::string& type = "") {
    json::object booking = {{"booking_sn", sn}};
    if (!number.empty()) booking["tracking_number"] = number;
    if (!type.empty()) booking["shipping_document_type"] = type;
    return json::serialize(json::object{{"booking_list", json::array{booking}}});
  }
  static json::object First(const json::object& answer) {
    return List(Response(answer), "result_list").at(0).as_object();
  }
};

TEST_F(BookingTest, AreListedWithTheCursorInEachOfThem) {
  const json::object first = Response(ListOf({{"page_size", "2"}}));
  EXPECT_TRUE(first.at("more").as_bool());
  EXPECT_FALSE(first.contains("next_cursor"));
  const json::array& bookings = List(first, "booking_list");
  ASSERT_EQ(bookings.size(), 2U);
  const std::string cursor = Text(bookings[0].as_object(), "next_cursor");
  EXPECT_EQ(Text(bookings[1].as_object(), "next_cursor"), cursor);
  const json::object rest = Response(ListOf({{"cursor", cursor}}));
  EXPECT_FALSE(rest.at("more").as_bool());
  EXPECT_EQ(Text(List(rest, "booking_list").at(0).as_object(), "next_cursor"), "");
}

TEST_F(BookingTest, AreListedByStatusAndTime) {
  const json::array cancelled = List(Response(ListOf({{"booking_status", "CANCELLED"}})), "booking_list");
  ASSERT_EQ(cancelled.size(), 1U);
  EXPECT_EQ(Text(cancelled[0].as_object(), "booking_sn"), "241101BKCANCL");
  EXPECT_EQ(Text(ListOf({{"time_from", "1"}}), "error"), "booking.booking_list_invalid_time");
  EXPECT_EQ(Text(ListOf({{"time_range_field", "pay_time"}}), "error"), "logistics.error_param");
}

TEST_F(BookingTest, AreShippedThenCollectedThenMatchedWithAnOrder) {
  EXPECT_EQ(Text(Detail(kBooking), "booking_status"), "READY_TO_SHIP");
  EXPECT_EQ(Text(ShipIt(kBooking), "error"), "");
  EXPECT_EQ(Text(Detail(kBooking), "booking_status"), "PROCESSED");
  EXPECT_EQ(Number(kBooking), "");
  emulator_.AdvanceClock(seconds(10));
  EXPECT_TRUE(Number(kBooking).starts_with("MYB"));
  emulator_.AdvanceClock(hours(13));
  EXPECT_EQ(Text(Detail(kBooking), "booking_status"), "SHIPPED");
  EXPECT_GT(Detail(kBooking).at("pickup_done_time").as_int64(), kNow);
  emulator_.AdvanceClock(hours(40));
  const json::object matched = Detail(kBooking);
  EXPECT_EQ(Text(matched, "booking_status"), "MATCHED");
  EXPECT_EQ(Text(matched, "match_status"), "MATCH_SUCCESSFUL");
  const json::object order =
      Response(shop_.Get(kOrders + "get_order_detail", {{"order_sn_list", Text(matched, "order_sn")}}));
  EXPECT_EQ(Text(List(order, "order_list").at(0).as_object(), "booking_sn"), kBooking);
}

TEST_F(BookingTest, AreShippedOnceAndInOneWay) {
  const json::object pickup =
      Response(shop_.Get(kLogistics + "get_booking_shipping_parameter", {{"booking_sn", "241101BKSHIP01"}}));
  const json::object& address = List(pickup.at("pickup").as_object(), "address_list").at(0).as_object();
  const json::value slot = List(address, "time_slot_list").at(0).at("pickup_time_id");
  EXPECT_EQ(
      Text(ShipIt("241101BKSHIP01", {{"pickup", {{"address_id", 1}, {"pickup_time_id", slot}}}}), "error"),
      "logistics.pickup_address_unsupported");
  EXPECT_EQ(Text(ShipIt("241101BKSHIP01", {}), "error"), "error_param");
  EXPECT_EQ(Text(ShipIt("241101BKSHIP01",
                        {{"pickup", {{"address_id", address.at("address_id")}, {"pickup_time_id", slot}}}}),
                 "error"),
            "");
  EXPECT_EQ(Text(ShipIt("241101BKSHIP01"), "error"), "error_param") << "it is shipped already";
  EXPECT_EQ(Text(ShipIt("NOSUCHBOOKING"), "error"), "common.unknown_error");
}

TEST_F(BookingTest, GetTheirDocuments) {
  const std::string sn = "201201E81SYYKE";
  EXPECT_EQ(Text(First(shop_.Post(kResult, Body(sn))), "fail_error"),
            "logistics.shipping_document_should_print_first");
  EXPECT_EQ(Text(First(shop_.Post(kCreate, Body(sn, "WRONG"))), "fail_error"),
            "logistics.booking_can_not_print");
  EXPECT_EQ(Text(shop_.Post(kCreate, Body(sn, "MY201201000001IT", "THERMAL_AIR_WAYBILL")), "error"), "");
  EXPECT_EQ(Text(First(shop_.Post(kResult, Body(sn, "", "THERMAL_AIR_WAYBILL"))), "status"), "PROCESSING");
  emulator_.AdvanceClock(seconds(5));
  const std::string download =
      R"({"shipping_document_type":"THERMAL_AIR_WAYBILL","booking_list":[{"booking_sn":"201201E81SYYKE"}]})";
  EXPECT_TRUE(shop_.PostRaw(kDownload, download).body.starts_with("%PDF-"));
}

TEST_F(BookingTest, FailEachByItself) {
  const json::object answer =
      shop_.Post(kLogistics + "get_booking_shipping_document_parameter",
                 R"({"booking_list":[{"booking_sn":"201201E81SYYKE"},{"booking_sn":"NOSUCHBOOKING"}]})");
  EXPECT_EQ(Text(answer, "error"), "");
  EXPECT_EQ(List(answer, "warning"), (json::array{{{"booking_sn", "NOSUCHBOOKING"}}}));
  const json::array& results = List(Response(answer), "result_list");
  EXPECT_EQ(Text(results.at(0).as_object(), "suggest_shipping_document_type"), "NORMAL_AIR_WAYBILL");
  EXPECT_EQ(Text(results.at(1).as_object(), "fail_error"), "logistics.booking_not_exist");
}

TEST_F(BookingTest, AreReportedByPushes) {
  ASSERT_EQ(Text(ShipIt(kBooking), "error"), "");
  emulator_.AdvanceClock(seconds(10));
  shop_.Post(kCreate, Body(kBooking, Number(kBooking)));
  emulator_.AdvanceClock(seconds(10));
  const json::object status = CameOf(23).at(0).at("data").as_object();
  EXPECT_EQ(Text(status, "booking_sn"), kBooking);
  EXPECT_EQ(Text(status, "booking_status"), "PROCESSED");
  EXPECT_EQ(Text(CameOf(24).at(0).at("data").as_object(), "tracking_number"), Number(kBooking));
  EXPECT_EQ(Text(CameOf(25).at(0).at("data").as_object(), "status"), "READY");
}

TEST_F(BookingTest, OrdersThatTheyGotAreNotPrintedAgain) {
  ASSERT_EQ(Text(ShipIt(kBooking), "error"), "");
  emulator_.AdvanceClock(hours(60));
  const std::string order = Text(Detail(kBooking), "order_sn");
  const json::object body = {{"order_list", json::array{{{"order_sn", order}}}}};
  EXPECT_EQ(
      Text(First(shop_.Post(kLogistics + "create_shipping_document", json::serialize(body))), "fail_error"),
      "logistics.error_booking_order");
}

}  // namespace
}  // namespace emulator_test
