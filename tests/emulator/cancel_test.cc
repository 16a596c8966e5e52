#include "emulator/world/state_check.h"
#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kOrder = "/api/v2/order/";

class CancelTest : public EmulatorTest {
 protected:
  static constexpr char kNumber[] = "CNF000000000003241101";

  std::string Cancel(const std::string& sn, json::object more = {{"cancel_reason", "CUSTOMER_REQUEST"}}) {
    more["order_sn"] = sn;
    return Text(shop_.Post(kOrder + "cancel_order", json::serialize(more)), "error");
  }
  std::string Handle(const std::string& sn, const std::string& operation) {
    const json::object body = {{"order_sn", sn}, {"operation", operation}};
    return Text(shop_.Post(kOrder + "handle_buyer_cancellation", json::serialize(body)), "error");
  }
  json::object Detail(const std::string& sn) {
    const json::object answer = shop_.Get(
        kOrder + "get_order_detail",
        {{"order_sn_list", sn},
         {"response_optional_fields", "package_list,item_list,cancel_by,cancel_reason,buyer_cancel_reason"}});
    return List(Response(answer), "order_list").at(0).as_object();
  }
  std::string Status(const std::string& sn) { return Text(Detail(sn), "order_status"); }
  std::string Package(const std::string& sn) {
    return Text(List(Detail(sn), "package_list").at(0).as_object(), "logistics_status");
  }
  void Bind(const std::string& sn) {
    const json::object body = {{"first_mile_tracking_number", kNumber},
                               {"shipment_method", "pickup"},
                               {"region", "CN"},
                               {"logistics_channel_id", 813},
                               {"order_list", json::array{{{"order_sn", sn}}}}};
    ASSERT_EQ(
        Text(shop_.Post(kFirstMile + "bind_first_mile_tracking_number", json::serialize(body)), "error"), "");
  }
  json::object Number() {
    return Response(shop_.Get(kFirstMile + "get_detail", {{"first_mile_tracking_number", kNumber}}));
  }
  // The buyer asks for it, which is no call of the API.
  void Ask(const std::string& sn) {
    emulator_.WithWorld([&sn](emulator::World& world) {
      world.lifecycle().Apply(world, {world.RowOfOrder(sn), emulator::world::OrderEvent::kAskCancellation,
                                      emulator::kNoRow, "Need to modify order"});
    });
  }
  std::string Broken() {
    std::string broken;
    emulator_.WithWorld([&](emulator::World& world) { broken = emulator::world::FindBrokenRule(world); });
    return broken;
  }
};

TEST_F(CancelTest, AnOrderThatWasNotShippedEndsAsInvalid) {
  EXPECT_EQ(Cancel("2411010FMSHIP0"), "");
  const json::object detail = Detail("2411010FMSHIP0");
  EXPECT_EQ(Text(detail, "order_status"), "CANCELLED");
  EXPECT_EQ(Text(detail, "cancel_by"), "seller");
  EXPECT_EQ(Text(detail, "cancel_reason"), "CUSTOMER_REQUEST");
  EXPECT_EQ(Package("2411010FMSHIP0"), "LOGISTICS_INVALID");
  EXPECT_EQ(Cancel("2411010FMSHIP0"), "order.error_limit") << "a second time";
  EXPECT_EQ(Broken(), "");
}

TEST_F(CancelTest, ABoundOrderLeavesItsNumber) {
  Bind("2411010FMDEMO0");
  Bind("2411010FMDEMO1");
  EXPECT_EQ(Cancel("2411010FMDEMO0"), "");
  EXPECT_EQ(Package("2411010FMDEMO0"), "LOGISTICS_REQUEST_CANCELED");
  const json::array bound = List(Number(), "order_list");
  ASSERT_EQ(bound.size(), 1U);
  EXPECT_EQ(Text(bound.at(0).as_object(), "order_sn"), "2411010FMDEMO1");
  emulator_.AdvanceClock(std::chrono::hours(12));
  EXPECT_EQ(Status("2411010FMDEMO0"), "CANCELLED") << "the scan does not bring it back";
  EXPECT_EQ(Status("2411010FMDEMO1"), "SHIPPED");
  EXPECT_EQ(Cancel("2411010FMDEMO1"), "order.error_limit") << "it is too late";
  EXPECT_EQ(Broken(), "");
}

TEST_F(CancelTest, ACancelledOrderGetsNoTrackingNumberAnyMore) {
  const json::object body = {{"order_sn", "2411010FMSHIP0"}, {"dropoff", {{"branch_id", 1}}}};
  ASSERT_EQ(Text(shop_.Post(kLogistics + "ship_order", json::serialize(body)), "error"), "");
  ASSERT_EQ(Cancel("2411010FMSHIP0"), "");
  emulator_.AdvanceClock(std::chrono::hours(1));
  const json::object answer = shop_.Get(kLogistics + "get_tracking_number", {{"order_sn", "2411010FMSHIP0"}});
  EXPECT_EQ(Text(Response(answer), "tracking_number"), "");
}

TEST_F(CancelTest, AnItemOutOfStockMustBeOfTheOrder) {
  const std::string sn = "2411010FMSHIP0";
  EXPECT_EQ(Cancel(sn, {{"cancel_reason", "OUT_OF_STOCK"}}), "error_param");
  json::object item = {{"item_id", 1}, {"model_id", 1}};
  EXPECT_EQ(Cancel(sn, {{"cancel_reason", "OUT_OF_STOCK"}, {"item_list", json::array{item}}}), "error_param");
  item = List(Detail(sn), "item_list").at(0).as_object();
  EXPECT_EQ(Cancel(sn, {{"cancel_reason", "OUT_OF_STOCK"}, {"item_list", json::array{item}}}), "");
}

TEST_F(CancelTest, OtherRequestsAreRefused) {
  EXPECT_EQ(Cancel("2411010FMSHIP0", {{"cancel_reason", "BORED"}}), "error_param");
  EXPECT_EQ(Cancel("2411010FMSHIP0", {}), "error_param");
  EXPECT_EQ(Cancel("NONE"), "error_not_found");
  EXPECT_EQ(Cancel("2411010FMASKED0"), "order.error_limit") << "the buyer waits for an answer";
  EXPECT_EQ(Cancel("2411010FMSHIP0",
                   {{"cancel_reason", "CUSTOMER_REQUEST"}, {"partial_cancel_item_list", json::array{}}}),
            "order.error_limit");
  EXPECT_EQ(Handle("2411010FMSHIP0", "ACCEPT"), "order.cancel_order_invalid_status");
  EXPECT_EQ(Handle("2411010FMASKED0", "MAYBE"), "error_param");
}

TEST_F(CancelTest, TheSellerAcceptsTheBuyersWish) {
  EXPECT_EQ(Handle("2411010FMASKED0", "ACCEPT"), "");
  EXPECT_EQ(Package("2411010FMASKED0"), "LOGISTICS_INVALID");
  EXPECT_EQ(Handle("2411010FMASKED1", "ACCEPT"), "");
  EXPECT_EQ(Package("2411010FMASKED1"), "LOGISTICS_REQUEST_CANCELED");
  EXPECT_EQ(Status("2411010FMASKED1"), "CANCELLED");
  EXPECT_EQ(Text(Detail("2411010FMASKED1"), "cancel_by"), "buyer");
}

TEST_F(CancelTest, ARejectedWishPutsTheOrderBack) {
  EXPECT_EQ(Handle("2411010FMASKED0", "REJECT"), "");
  EXPECT_EQ(Status("2411010FMASKED0"), "READY_TO_SHIP");
  EXPECT_EQ(Handle("2411010FMASKED1", "REJECT"), "");
  EXPECT_EQ(Status("2411010FMASKED1"), "PROCESSED");
  EXPECT_EQ(Broken(), "");
}

TEST_F(CancelTest, AParcelCollectedInTheMeantimeCannotBeStopped) {
  Bind("2411010FMDEMO0");
  Ask("2411010FMDEMO0");
  EXPECT_EQ(Status("2411010FMDEMO0"), "IN_CANCEL");
  EXPECT_EQ(Text(Detail("2411010FMDEMO0"), "buyer_cancel_reason"), "Need to modify order");
  EXPECT_EQ(List(Number(), "order_list").size(), 1U) << "it stays bound";
  emulator_.AdvanceClock(std::chrono::hours(12));
  EXPECT_EQ(Status("2411010FMDEMO0"), "IN_CANCEL");
  EXPECT_EQ(Handle("2411010FMDEMO0", "ACCEPT"), "logistics.cancel_forder_failed");
  EXPECT_EQ(Handle("2411010FMDEMO0", "REJECT"), "");
  EXPECT_EQ(Status("2411010FMDEMO0"), "SHIPPED");
  EXPECT_EQ(Broken(), "");
}

}  // namespace
}  // namespace emulator_test
