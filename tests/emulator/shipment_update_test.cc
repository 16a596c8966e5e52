#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kUpdate = kLogistics + "update_shipping_order";
const std::string kReport = kLogistics + "update_tracking_status";

class ShipmentUpdateTest : public EmulatorTest {
 protected:
  std::string SlotOf(const std::string& sn, std::size_t index) {
    const json::object response =
        Response(shop_.Get(kLogistics + "get_shipping_parameter", {{"order_sn", sn}}));
    const json::object address = List(response.at("pickup").as_object(), "address_list").at(0).as_object();
    return Text(List(address, "time_slot_list").at(index).as_object(), "pickup_time_id");
  }
  std::string Update(const std::string& sn, const std::string& slot) {
    const json::object body = {{"order_sn", sn},
                               {"pickup", {{"address_id", 11222}, {"pickup_time_id", slot}}}};
    return Text(shop_.Post(kUpdate, json::serialize(body)), "error");
  }
  std::string Report(json::object body) {
    const json::object answer = shop_.Post(kReport, json::serialize(body));
    EXPECT_EQ(Text(answer, "error"), "");
    return Text(Response(answer), "update_result");
  }
  json::object Order(const std::string& sn) {
    const json::object answer =
        shop_.Get("/api/v2/order/get_order_detail",
                  {{"order_sn_list", sn}, {"response_optional_fields", "package_list"}});
    return List(Response(answer), "order_list").at(0).as_object();
  }
  std::string PackageStatus(const std::string& sn) {
    return Text(List(Order(sn), "package_list").at(0).as_object(), "logistics_status");
  }
};

TEST_F(ShipmentUpdateTest, AFailedPickupIsArrangedAgain) {
  const std::string slot = SlotOf("2411010FMRETRY", 1);
  EXPECT_EQ(Update("2411010FMRETRY", slot), "");
  EXPECT_EQ(PackageStatus("2411010FMRETRY"), "LOGISTICS_REQUEST_CREATED");
  EXPECT_EQ(Text(Order("2411010FMRETRY"), "order_status"), "PROCESSED");
}

TEST_F(ShipmentUpdateTest, TheSameAddressAndSlotAgainIsNoUpdate) {
  const std::string slot = SlotOf("2411010FMRETRY", 1);
  const std::string other = SlotOf("2411010FMRETRY", 2);
  EXPECT_EQ(Update("2411010FMRETRY", slot), "");
  EXPECT_EQ(Update("2411010FMRETRY", slot), "logistics.update_shipping_order_no_param_change");
  EXPECT_EQ(Update("2411010FMRETRY", other), "logistics.order_not_ready_to_update");
}

TEST_F(ShipmentUpdateTest, OnlyAFailedPickupCanBeChanged) {
  EXPECT_EQ(Update("2411010FMDEMO0", SlotOf("2411010FMRETRY", 0)), "logistics.order_not_ready_to_update");
  EXPECT_EQ(Update("2411010FMRETRY", "yesterday"), "logistics.ship_order_pickup_time_invalid");
  EXPECT_EQ(Update("NONE", "0"), "logistics.error_order_not_found");
  EXPECT_EQ(PackageStatus("2411010FMRETRY"), "LOGISTICS_PICKUP_RETRY");
}

TEST_F(ShipmentUpdateTest, TheSellerReportsTheStatesOfItsOwnTransport) {
  const std::string sn = "241101SFMSELLR";
  EXPECT_EQ(Report({{"order_sn", sn},
                    {"logistics_status", "logistics_pickup_done"},
                    {"tracking_number", "BR1"},
                    {"tracking_url", "https://track.example/BR1"}}),
            "succeed");
  EXPECT_EQ(PackageStatus(sn), "LOGISTICS_PICKUP_DONE");
  EXPECT_EQ(Text(Order(sn), "order_status"), "SHIPPED");
  EXPECT_EQ(Report({{"order_sn", sn}, {"logistics_status", "logistics_delivery_done"}}), "succeed");
  EXPECT_EQ(PackageStatus(sn), "LOGISTICS_DELIVERY_DONE");
}

TEST_F(ShipmentUpdateTest, ARefusedReportHasNoErrorCode) {
  EXPECT_EQ(Report({{"order_sn", "2411010FMDEMO0"}, {"logistics_status", "logistics_pickup_done"}}),
            "failed");
  EXPECT_EQ(Report({{"order_sn", "2411010FMSELLR"}, {"logistics_status", "logistics_pickup_done"}}),
            "failed");
  EXPECT_EQ(Report({{"order_sn", "241101SFMSELLR"},
                    {"logistics_status", "logistics_delivery_done"},
                    {"tracking_number", "BR1"}}),
            "failed");
  EXPECT_EQ(PackageStatus("241101SFMSELLR"), "LOGISTICS_REQUEST_CREATED");
}

TEST_F(ShipmentUpdateTest, AReportThatCannotBeReadIsAnError) {
  const auto error = [this](const json::object& body) {
    return Text(shop_.Post(kReport, json::serialize(body)), "error");
  };
  EXPECT_EQ(error({{"order_sn", "NONE"}, {"logistics_status", "logistics_pickup_done"}}),
            "logistics.order_not_exist");
  EXPECT_EQ(error({{"order_sn", "241101SFMSELLR"}, {"logistics_status", "LOGISTICS_PICKUP_DONE"}}),
            "error_param");
  EXPECT_EQ(error({{"order_sn", "241101SFMSELLR"}}), "error_param");
}

TEST_F(ShipmentUpdateTest, AnOrderOfTheSellersOwnTransportNeedsNothingToShip) {
  const json::object ways =
      Response(shop_.Get(kLogistics + "get_shipping_parameter", {{"order_sn", "2411010FMSELLR"}}));
  EXPECT_EQ(json::serialize(ways.at("info_needed")), R"({"non_integrated":[]})");
  const auto ship = [this](const json::object& body) {
    return Text(shop_.Post(kLogistics + "ship_order", json::serialize(body)), "error");
  };
  EXPECT_EQ(ship({{"order_sn", "2411010FMSELLR"}, {"dropoff", {{"branch_id", 1}}}}),
            "logistics.ship_order_unsupport_dropoff");
  EXPECT_EQ(ship({{"order_sn", "2411010FMSELLR"}, {"non_integrated", json::object()}}), "");
  EXPECT_EQ(PackageStatus("2411010FMSELLR"), "LOGISTICS_REQUEST_CREATED");
}

TEST_F(ShipmentUpdateTest, OperatingHoursComeInAMisspeltEnvelope) {
  const json::object answer = shop_.Get(kLogistics + "get_operating_hours");
  EXPECT_FALSE(answer.contains("response"));
  const json::object hours = answer.at("repsonse").as_object();
  EXPECT_EQ(Text(hours.at("regular_operating_hour").as_object().at("monday").as_object(), "start_time"),
            "09:00");
  EXPECT_EQ(List(hours.at("special_operating_hour").as_object(), "operating_hours").size(), 7U);
  EXPECT_EQ(Text(As(600004).Get(kLogistics + "get_operating_hours"), "error"), "error_permission");
}

}  // namespace
}  // namespace emulator_test
