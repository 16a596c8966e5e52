#include <set>

#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kParameter = kLogistics + "get_mass_shipping_parameter";
const std::string kMassShip = kLogistics + "mass_ship_order";
const std::string kBatchShip = kLogistics + "batch_ship_order";

// The packages of 2411010FMSHIP0 and 2411010FMSHIP1.
constexpr char kFirst[] = "OFG200000000000000";
constexpr char kSecond[] = "OFG200000000000001";
constexpr char kSellersPackage[] = "OFG241101000000012";

class MassShipTest : public EmulatorTest {
 protected:
  static json::object Packages(const std::vector<std::string>& numbers) {
    json::array list;
    for (const std::string& number : numbers) list.push_back({{"package_number", number}});
    return {{"package_list", std::move(list)}};
  }
  json::object Ask(const std::string& path, const json::object& body) {
    return shop_.Post(path, json::serialize(body));
  }
  std::string StatusOf(const std::string& sn) {
    const json::array orders =
        List(Response(shop_.Get("/api/v2/order/get_order_detail", {{"order_sn_list", sn}})), "order_list");
    return Text(orders.at(0).as_object(), "order_status");
  }
  static std::set<std::string> Numbers(const json::object& response, const std::string& list) {
    std::set<std::string> numbers;
    for (const json::value& row : List(response, list))
      numbers.insert(Text(row.as_object(), "package_number"));
    return numbers;
  }
};

TEST_F(MassShipTest, ParametersAreThoseOfThePackagesThatCanBeShipped) {
  const json::object response = Response(Ask(kParameter, Packages({kFirst, "OFG877146678717210", "NONE"})));
  EXPECT_EQ(Numbers(response, "success_list"), std::set<std::string>{kFirst});
  const json::array failed = List(response, "fail_list");
  EXPECT_EQ(Text(Element(failed, "package_number", "NONE"), "fail_reason"), "The package is not exist.");
  EXPECT_EQ(Text(Element(failed, "package_number", "OFG877146678717210"), "fail_reason"),
            "Shipping parameters can only be obtained when package is ready to be shipped");
  EXPECT_TRUE(response.at("info_needed").as_object().contains("pickup"));
  EXPECT_EQ(List(response.at("pickup").as_object(), "address_list").size(), 1U);
}

TEST_F(MassShipTest, ParametersOfNoPackageAreMissing) {
  EXPECT_FALSE(Response(Ask(kParameter, Packages({"NONE"}))).contains("info_needed"));
}

TEST_F(MassShipTest, ShipsEachPackageThatCanBeShipped) {
  json::object body = Packages({kFirst, "OFG877146678717210", kSecond});
  body["dropoff"] = {{"branch_id", 1}};
  const json::object response = Response(Ask(kMassShip, body));
  EXPECT_EQ(Numbers(response, "success_list"), (std::set<std::string>{kFirst, kSecond}));
  EXPECT_EQ(Numbers(response, "fail_list"), std::set<std::string>{"OFG877146678717210"});
  EXPECT_EQ(StatusOf("2411010FMSHIP0"), "PROCESSED");
  EXPECT_EQ(StatusOf("2411010FMSHIP1"), "PROCESSED");
}

TEST_F(MassShipTest, GivesTheSellersTrackingNumbersToTheirPackages) {
  json::object body = Packages({kSellersPackage});
  body["non_integrated"] = {
      {"tracking_number", {{{"package_number", kSellersPackage}, {"tracking_number", "BR123"}}}}};
  EXPECT_EQ(Numbers(Response(Ask(kMassShip, body)), "success_list"), std::set<std::string>{kSellersPackage});
  emulator_.AdvanceClock(std::chrono::seconds(10));
  EXPECT_EQ(Text(Response(shop_.Get(kLogistics + "get_tracking_number", {{"order_sn", "2411010FMSELLR"}})),
                 "tracking_number"),
            "BR123");
}

TEST_F(MassShipTest, RequiresOneChannelAndOneWarehouse) {
  json::object body = Packages({kFirst, kSellersPackage});
  body["dropoff"] = {{"branch_id", 1}};
  EXPECT_EQ(Text(Ask(kMassShip, body), "message"), "Package is not under the specified fulfilment channel");
  body = Packages({kFirst});
  body["product_location_id"] = "VN0002BIZ";
  EXPECT_EQ(Text(Ask(kMassShip, body), "message"), "Package is not under the specified warehouse");
  EXPECT_EQ(Text(Ask(kParameter, Packages({kFirst, kFirst})), "message"), "Duplicate package number");
  EXPECT_EQ(StatusOf("2411010FMSHIP0"), "READY_TO_SHIP");
}

TEST_F(MassShipTest, AnIncompleteWayIsAWrongParameterOfTheWholeCall) {
  json::object body = Packages({kFirst});
  EXPECT_EQ(Text(Ask(kMassShip, body), "error"), "error_param");
  body["dropoff"] = json::object();
  EXPECT_EQ(Text(Ask(kMassShip, body), "message"),
            "Wrong parameters, detail: Parameter branch_id is required.");
}

TEST_F(MassShipTest, ABatchOfOrdersHasAResultForEachAndAWarningForTheFailed) {
  const json::object body = {
      {"order_list",
       {{{"order_sn", "2411010FMSHIP2"}}, {{"order_sn", "2411010FMDEMO0"}}, {{"order_sn", "NONE"}}}},
      {"dropoff", {{"branch_id", 1}}}};
  const json::object answer = Ask(kBatchShip, body);
  EXPECT_EQ(Text(answer, "error"), "");
  const json::array results = List(Response(answer), "result_list");
  EXPECT_FALSE(Element(results, "order_sn", "2411010FMSHIP2").contains("fail_error"));
  EXPECT_EQ(Text(Element(results, "order_sn", "2411010FMDEMO0"), "fail_error"),
            "logistics.ship_order_not_ready_to_ship");
  EXPECT_EQ(Text(Element(results, "order_sn", "NONE"), "fail_error"), "error_param");
  EXPECT_EQ(List(answer, "warning").size(), 2U);
  EXPECT_EQ(StatusOf("2411010FMSHIP2"), "PROCESSED");
}

TEST_F(MassShipTest, ABatchThatFailsForEveryOrderSaysSo) {
  const json::object body = {{"order_list", {{{"order_sn", "NONE"}}}}, {"dropoff", {{"branch_id", 1}}}};
  const json::object answer = Ask(kBatchShip, body);
  EXPECT_EQ(Text(answer, "error"), "common.batch_api_all_failed");
  EXPECT_EQ(List(Response(answer), "result_list").size(), 1U);
}

}  // namespace
}  // namespace emulator_test
