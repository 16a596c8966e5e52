#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kNumber = kLogistics + "get_tracking_number";
const std::string kMass = kLogistics + "get_mass_tracking_number";
const std::string kInfo = kLogistics + "get_tracking_info";
const std::string kBookingNumber = kLogistics + "get_booking_tracking_number";
const std::string kBookingInfo = kLogistics + "get_booking_tracking_info";

class TrackingTest : public EmulatorTest {
 protected:
  std::string Error(const std::string& path, const Params& params) {
    const json::object answer = shop_.Get(path, params);
    return Text(answer, "error") + ": " + Text(answer, "message");
  }
};

TEST_F(TrackingTest, NumberOfAnOrder) {
  const json::object response = Response(shop_.Get(kNumber, {{"order_sn", "201214JASXYXY6"}}));
  EXPECT_EQ(response, (json::object{{"tracking_number", "MY200448706479IT"}}));
}

TEST_F(TrackingTest, NumberHasTheRequestedFields) {
  const json::object response = Response(shop_.Get(
      kNumber,
      {{"order_sn", "201214JASXYXY6"},
       {"response_optional_fields", "plp_number,first_mile_tracking_number,last_mile_tracking_number"}}));
  EXPECT_EQ(Text(response, "first_mile_tracking_number"), "CNF877146678717210312");
  EXPECT_TRUE(response.contains("plp_number"));
  EXPECT_TRUE(response.contains("last_mile_tracking_number"));
  EXPECT_EQ(Error(kNumber, {{"order_sn", "201214JASXYXY6"}, {"response_optional_fields", "color"}}),
            "error_param: Wrong parameters, detail: invalid response field(color).");
}

TEST_F(TrackingTest, NumberIsEmptyWithAHintUntilItIsAssigned) {
  const json::object response = Response(shop_.Get(kNumber, {{"order_sn", "2411010FMNOTRK"}}));
  EXPECT_EQ(response.at("tracking_number").as_string(), "");
  EXPECT_NE(Text(response, "hint"), "");
}

TEST_F(TrackingTest, NumberRequiresThePackageOfASplitOrder) {
  EXPECT_EQ(Error(kNumber, {{"order_sn", "2411010FMSPLIT"}}),
            "logistics.package_number_not_exist: Please request with package_number for this split order.");
  const json::object second = Response(
      shop_.Get(kNumber, {{"order_sn", "2411010FMSPLIT"}, {"package_number", "OFG241101000000002"}}));
  EXPECT_EQ(Text(second, "tracking_number"), "MY241101000002IT");
  EXPECT_EQ(Error(kNumber, {{"order_sn", "2411010FMSPLIT"}, {"package_number", "-"}}),
            "logistics.package_not_exist: The package is not exist.");
}

TEST_F(TrackingTest, NumberAndInfoRefuseTheSameOrders) {
  for (const std::string& path : {kNumber, kInfo}) {
    EXPECT_EQ(Error(path, {{"order_sn", "NOSUCHORDER000"}}),
              "logistics.invalid_error: The order is not exist.");
    EXPECT_EQ(Error(path, {{"order_sn", "2411011FMDEMO0"}}),
              "logistics.invalid_error: The order is not exist.");
    EXPECT_EQ(
        Error(path, {{"order_sn", "2411010FMALLOC"}}),
        "logistics.error_param: The order is being allocated, please wait until the allocate is completed.");
    EXPECT_EQ(Error(path, {}), "error_param: Wrong parameters, detail: order_sn is a required field.");
  }
}

TEST_F(TrackingTest, MassListsSuccessesAndFailuresSeparately) {
  const json::object answer = shop_.Post(
      kMass, R"({"package_list":[{"package_number":"OFG877146678717210"},{"package_number":"OFG0"},)"
             R"({"package_number":"OFG241101000000004"}],)"
             R"("response_optional_fields":"first_mile_tracking_number"})");
  EXPECT_EQ(Text(answer, "error"), "");
  const json::array& success = List(Response(answer), "success_list");
  ASSERT_EQ(success.size(), 2U);
  const json::object found = Element(success, "package_number", "OFG877146678717210");
  EXPECT_EQ(Text(found, "tracking_number"), "MY200448706479IT");
  EXPECT_EQ(Text(found, "first_mile_tracking_number"), "CNF877146678717210312");
  EXPECT_FALSE(found.contains("plp_number"));
  EXPECT_EQ(found.at("hint").as_string(), "");
  EXPECT_NE(Text(Element(success, "package_number", "OFG241101000000004"), "hint"), "");
  const json::object failed = List(Response(answer), "fail_list")[0].as_object();
  EXPECT_EQ(failed, (json::object{{"package_number", "OFG0"}, {"fail_reason", "The package is not exist."}}));
}

TEST_F(TrackingTest, MassLimitsTheNumberOfPackages) {
  const auto message = [this](int count, bool same) {
    json::array list;
    for (int i = 0; i < count; ++i)
      list.push_back({{"package_number", same ? "P" : "P" + std::to_string(i)}});
    return Text(shop_.Post(kMass, json::serialize(json::object{{"package_list", list}})), "message");
  };
  EXPECT_EQ(message(51, false), "Package exceeds limit.");
  EXPECT_EQ(message(50, false), "");
  EXPECT_EQ(message(2, true), "Duplicate package number");
  EXPECT_EQ(message(0, false), "Wrong parameters, detail: package_list must not be empty.");
  EXPECT_EQ(Text(shop_.Post(kMass, R"({"package_list":[{}]})"), "message"),
            "Wrong parameters, detail: package_list.package_number is a required field.");
}

TEST_F(TrackingTest, InfoHasTheEventsOfTheParcelNewestFirst) {
  const json::object response = Response(shop_.Get(kInfo, {{"order_sn", "2411010FMPICKD"}}));
  EXPECT_EQ(Text(response, "logistics_status"), "LOGISTICS_PICKUP_DONE");
  EXPECT_EQ(Text(response, "package_number"), "OFG241101000000006");
  const json::array& events = List(response, "tracking_info");
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(Text(events[0].get_object(), "logistics_status"), "PICKED_UP");
  EXPECT_EQ(Text(events[2].get_object(), "logistics_status"), "ORDER_CREATED");
  EXPECT_GT(events[0].at("update_time").as_int64(), events[1].at("update_time").as_int64());
}

TEST_F(TrackingTest, InfoReportsCancelledAndUnarrangedOrders) {
  const json::object cancelled = Response(shop_.Get(kInfo, {{"order_sn", "2411010FMCANCL"}}));
  EXPECT_EQ(Text(List(cancelled, "tracking_info")[0].get_object(), "logistics_status"), "CANCELED");
  EXPECT_EQ(Error(kInfo, {{"order_sn", "2411010FMREADY"}}),
            "logistics.error_status_limit: The order status is invalid. Please check the order status.");
}

TEST_F(TrackingTest, BookingNumberIsAtTheTopLevel) {
  const json::object answer = shop_.Get(kBookingNumber, {{"booking_sn", "201201E81SYYKE"}});
  EXPECT_EQ(Text(answer, "tracking_number"), "MY201201000001IT");
  EXPECT_FALSE(answer.contains("response"));
  EXPECT_EQ(shop_.Get(kBookingNumber, {{"booking_sn", "241101BKNOTRK0"}}).at("tracking_number").as_string(),
            "");
  EXPECT_EQ(Error(kBookingNumber, {{"booking_sn", "x"}}),
            "error_param: The information you queried is not found.");
  EXPECT_EQ(Text(As(600001).Get(kBookingNumber, {{"booking_sn", "201201E81SYYKE"}}), "error"), "error_param");
}

TEST_F(TrackingTest, BookingInfoHasEvents) {
  const json::object response = Response(shop_.Get(kBookingInfo, {{"booking_sn", "201201E81SYYKE"}}));
  EXPECT_EQ(Text(response, "booking_sn"), "201201E81SYYKE");
  EXPECT_EQ(Text(response, "logistics_status"), "LOGISTICS_REQUEST_CREATED");
  EXPECT_EQ(List(response, "tracking_info").size(), 2U);
  EXPECT_EQ(Error(kBookingInfo, {}),
            "error_param: Wrong parameters, detail: booking_sn is a required field.");
}

}  // namespace
}  // namespace emulator_test
