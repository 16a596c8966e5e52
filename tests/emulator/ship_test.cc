#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kParameter = kLogistics + "get_shipping_parameter";
const std::string kShip = kLogistics + "ship_order";

class ShipTest : public EmulatorTest {
 protected:
  json::object Pickup(const std::string& sn) {
    const json::object pickup = Response(shop_.Get(kParameter, {{"order_sn", sn}})).at("pickup").as_object();
    const json::object address = List(pickup, "address_list").at(0).as_object();
    const json::object slot = List(address, "time_slot_list").at(0).as_object();
    return {{"order_sn", sn},
            {"pickup",
             {{"address_id", address.at("address_id")}, {"pickup_time_id", slot.at("pickup_time_id")}}}};
  }
  std::string Ship(const json::object& body) {
    return Text(shop_.Post(kShip, json::serialize(body)), "error");
  }
  std::string Number(const std::string& sn) {
    return Text(Response(shop_.Get(kLogistics + "get_tracking_number", {{"order_sn", sn}})),
                "tracking_number");
  }
  std::string Status(const std::string& sn) {
    const json::array orders =
        List(Response(shop_.Get("/api/v2/order/get_order_detail", {{"order_sn_list", sn}})), "order_list");
    return Text(orders.at(0).as_object(), "order_status");
  }
};

TEST_F(ShipTest, AShippedOrderIsProcessedAndGetsItsTrackingNumberLater) {
  EXPECT_EQ(Ship(Pickup("2411010FMSHIP0")), "");
  EXPECT_EQ(Status("2411010FMSHIP0"), "PROCESSED");
  EXPECT_EQ(Number("2411010FMSHIP0"), "");
  emulator_.AdvanceClock(std::chrono::seconds(10));
  EXPECT_NE(Number("2411010FMSHIP0"), "");
}

TEST_F(ShipTest, APackageWithATrackingNumberIsInTheUnboundList) {
  EXPECT_EQ(Ship({{"order_sn", "2411010FMREADY"}, {"dropoff", {{"branch_id", 1}}}}), "");
  const auto unbound = [this] {
    const json::object response =
        Response(shop_.Get(kFirstMile + "get_unbind_order_list", {{"page_size", "100"}}));
    for (const json::value& row : List(response, "order_list")) {
      if (Text(row.as_object(), "order_sn") == "2411010FMREADY") return true;
    }
    return false;
  };
  EXPECT_FALSE(unbound());
  emulator_.AdvanceClock(std::chrono::seconds(10));
  EXPECT_TRUE(unbound());
}

TEST_F(ShipTest, AnFmnonumOrderNeverGetsATrackingNumber) {
  EXPECT_EQ(Ship(Pickup("2411010FMNONUM")), "");
  emulator_.AdvanceClock(std::chrono::hours(24 * 30));
  EXPECT_EQ(Number("2411010FMNONUM"), "");
}

TEST_F(ShipTest, RefusesOrdersThatAreNotReadyToShip) {
  const json::object way = {{"branch_id", 1}};
  EXPECT_EQ(Ship({{"order_sn", "2411010FMDEMO0"}, {"dropoff", way}}), "logistics.package_already_shipped");
  EXPECT_EQ(Ship({{"order_sn", "2411010FMCANCL"}, {"dropoff", way}}), "logistics.error_order_state");
  EXPECT_EQ(Ship({{"order_sn", "2411010FMALLOC"}, {"dropoff", way}}), "logistics.error_param");
  EXPECT_EQ(Ship({{"order_sn", "2411011FMSHIP0"}, {"dropoff", way}}), "logistics.error_order_not_found");
  EXPECT_EQ(Ship({{"order_sn", "2411010FMNOSHIP"}, {"dropoff", way}}), "logistics.business_process_error");
  EXPECT_EQ(Ship({{"order_sn", "2411010FMSPLIT"}, {"dropoff", way}}),
            "logistics.ship_order_need_pacakge_number");
  EXPECT_EQ(Ship({{"order_sn", "2411010FMSHIP1"}, {"package_number", "X"}, {"dropoff", way}}),
            "logistics.ship_order_not_need_pacakge_number");
}

TEST_F(ShipTest, RequiresExactlyOneCompleteShippingMethod) {
  const std::string sn = "2411010FMSHIP2";
  EXPECT_EQ(Ship({{"order_sn", sn}}), "logistics.ship_order_only_support_one_type");
  EXPECT_EQ(Ship({{"order_sn", sn}, {"pickup", json::object()}, {"dropoff", json::object()}}),
            "logistics.ship_order_only_support_one_type");
  EXPECT_EQ(Ship({{"order_sn", sn}, {"non_integrated", json::object()}}),
            "logistics.ship_order_unsupport_non_integrated");
  EXPECT_EQ(Ship({{"order_sn", sn}, {"pickup", json::object()}}),
            "logistics.ship_order_need_address_pickup_time");
  EXPECT_EQ(Ship({{"order_sn", sn}, {"dropoff", json::object()}}), "logistics.ship_order_need_branch_id");
  json::object body = Pickup(sn);
  body["pickup"].as_object()["pickup_time_id"] = "yesterday";
  EXPECT_EQ(Ship(body), "logistics.ship_order_pickup_time_invalid");
  body["pickup"].as_object()["address_id"] = 1;
  EXPECT_EQ(Ship(body), "logistics.address_not_found");
  EXPECT_EQ(Status(sn), "READY_TO_SHIP");
}

TEST_F(ShipTest, ShippingParametersRequireAnOrderThatIsReadyToShip) {
  EXPECT_EQ(Text(shop_.Get(kParameter, {{"order_sn", "2411010FMDEMO0"}}), "message"),
            "Shipping parameters can only be obtained when package is ready to be shipped");
  EXPECT_EQ(Text(shop_.Get(kParameter, {{"order_sn", "2411010FMCANCL"}}), "error"), "error_status");
  EXPECT_EQ(Text(shop_.Get(kParameter, {{"order_sn", "2411010FMSPLIT"}}), "error"),
            "logistics.package_number_not_exist");
}

TEST_F(ShipTest, AddressesAndChannelsAreThoseOfTheCallingShop) {
  const json::object addresses = Response(shop_.Get(kLogistics + "get_address_list"));
  const json::object first = List(addresses, "address_list").at(0).as_object();
  EXPECT_EQ(first.at("address_id").as_int64(), 11222);
  EXPECT_EQ(Text(first, "region"), "CN");
  const json::array channels =
      List(Response(shop_.Get(kLogistics + "get_channel_list")), "logistics_channel_list");
  EXPECT_EQ(channels.size(), 3U);
}

}  // namespace
}  // namespace emulator_test
