#include "emulator/world/world.h"
#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kUnbind = kFirstMile + "unbind_first_mile_tracking_number";
const std::string kUnbindAll = kFirstMile + "unbind_first_mile_tracking_number_all";
const std::string kDemoNumber = "CNF877146678717210312";
const std::string kDemoOrder = "201214JASXYXY6";

class UnbindTest : public EmulatorTest {
 protected:
  static json::array Orders(const std::vector<std::string>& orders) {
    json::array list;
    for (const std::string& sn : orders) list.push_back({{"order_sn", sn}});
    return list;
  }

  json::object Unbind(const std::string& code, const std::vector<std::string>& orders, int64_t shop = kShop) {
    return As(shop).Post(kUnbind, json::serialize(json::object{{"first_mile_tracking_number", code},
                                                               {"order_list", Orders(orders)}}));
  }

  json::object UnbindAll(const std::vector<std::string>& orders) {
    return shop_.Post(kUnbindAll, json::serialize(json::object{{"order_list", Orders(orders)}}));
  }

  std::string StatusOf(const std::string& code) {
    return Text(Response(shop_.Get(kFirstMile + "get_detail", {{"first_mile_tracking_number", code}})),
                "status");
  }

  std::string OnlyOrderOf(const std::string& code) {
    const json::object answer = shop_.Get(kFirstMile + "get_detail", {{"first_mile_tracking_number", code}});
    return Text(List(Response(answer), "order_list")[0].get_object(), "order_sn");
  }
};

TEST_F(UnbindTest, ReleasesAnOrder) {
  const json::object answer = Unbind(kDemoNumber, {kDemoOrder});
  EXPECT_EQ(Text(answer, "error"), "");
  EXPECT_FALSE(answer.contains("warning"));
  const json::object order = Element(List(Response(answer), "order_list"), "order_sn", kDemoOrder);
  EXPECT_FALSE(order.contains("fail_error"));
  EXPECT_EQ(StatusOf(kDemoNumber), "NOT_AVAILABLE") << "the number is empty again";
  const json::object tracking =
      shop_.Get(kLogistics + "get_tracking_number",
                {{"order_sn", kDemoOrder}, {"response_optional_fields", "first_mile_tracking_number"}});
  EXPECT_EQ(Text(Response(tracking), "first_mile_tracking_number"), "");
}

TEST_F(UnbindTest, ReportsAPartialFailure) {
  const json::object answer = Unbind(kDemoNumber, {kDemoOrder, "2411010FMDEMO0"});
  EXPECT_EQ(Text(answer, "error"), "");
  const json::object failed = Element(List(Response(answer), "order_list"), "order_sn", "2411010FMDEMO0");
  EXPECT_EQ(Text(failed, "fail_error"), "firstmile.package_has_not_bind");
  EXPECT_EQ(Text(failed, "fail_message"), "The SLS TN has not been tied to any first mile code.");
  const json::array& warning = answer.at("warning").as_array();
  ASSERT_EQ(warning.size(), 1U);
  EXPECT_EQ(Text(warning[0].get_object(), "order_sn"), "2411010FMDEMO0");
  EXPECT_TRUE(warning[0].get_object().contains("package_number"));
}

TEST_F(UnbindTest, ReportsATotalFailureWithResponseAndWarning) {
  const json::object answer = Unbind(kDemoNumber, {"2411010FMDEMO0", "NOSUCHORDER000"});
  EXPECT_EQ(Text(answer, "error"), "firstmile.batch_api_all_failed");
  EXPECT_EQ(Text(answer, "message"), "Failed, please check result_list for more details.");
  EXPECT_EQ(List(Response(answer), "order_list").size(), 2U);
  EXPECT_EQ(answer.at("warning").as_array().size(), 2U);
}

TEST_F(UnbindTest, RequiresTheNumberThatTheOrderIsBoundTo) {
  const json::object answer = Unbind("SFDEMO0000000250", {kDemoOrder});
  EXPECT_EQ(Text(List(Response(answer), "order_list")[0].get_object(), "fail_error"), "error_param");
  EXPECT_EQ(Text(Unbind("CNF999999999999241101", {kDemoOrder}), "message"), "The FM code does not exist");
  const json::object foreign = Unbind(kDemoNumber, {kDemoOrder}, 600001);
  EXPECT_EQ(Text(List(Response(foreign), "order_list")[0].get_object(), "fail_error"),
            "firstmile.order_not_exist");
}

TEST_F(UnbindTest, APickupNumberReleasesOrdersOnlyWhileOrderReceived) {
  const std::string order = OnlyOrderOf("CNF000000000001241101");
  const json::object answer = Unbind("CNF000000000001241101", {order});
  EXPECT_EQ(Text(answer, "error"), "firstmile.error");
  EXPECT_EQ(Text(answer, "message"), "The FM status is incorrect.");
  EXPECT_EQ(OnlyOrderOf("CNF000000000001241101"), order);
}

TEST_F(UnbindTest, ASelfDeliverNumberReleasesOrdersInAnyState) {
  emulator_.WithWorld([](emulator::World& world) {
    world.FindNumber("CNF000000000004241101")->status = emulator::FirstMileStatus::kDelivered;
  });
  EXPECT_EQ(Text(Unbind("CNF000000000004241101", {OnlyOrderOf("CNF000000000004241101")}), "error"), "");
}

TEST_F(UnbindTest, ChecksItsFields) {
  EXPECT_EQ(Text(shop_.Post(kUnbind, R"({"order_list":[{"order_sn":"x"}]})"), "message"),
            "Wrong parameters, detail: first_mile_tracking_number is a required field.");
  EXPECT_EQ(Text(shop_.Post(kUnbind, R"({"first_mile_tracking_number":"SFDEMO0000000250"})"), "message"),
            "Wrong parameters, detail: order_list is a required field.");
  EXPECT_EQ(Text(Unbind(kDemoNumber, std::vector<std::string>(51, "x")), "error"), "error_param");
  EXPECT_EQ(Text(Unbind(kDemoNumber, {"x", "x"}), "error"), "firstmile.param_duplication");
}

TEST_F(UnbindTest, UnbindAllReleasesFromAnyNumberOrBinding) {
  const json::object binding =
      shop_.Get(kFirstMile + "get_courier_delivery_detail", {{"binding_id", "DCN600000000004PU"}});
  const std::string courier_order = Text(List(Response(binding), "order_list")[0].get_object(), "order_sn");
  const json::object answer = UnbindAll({kDemoOrder, courier_order, "2411010FMDEMO0"});
  EXPECT_EQ(Text(answer, "error"), "");
  const json::array& released = List(Response(answer), "success_list");
  EXPECT_EQ(Text(Element(released, "order_sn", kDemoOrder), "first_mile_tracking_number"), kDemoNumber);
  EXPECT_EQ(Text(Element(released, "order_sn", kDemoOrder), "binding_id"), "");
  EXPECT_EQ(Text(Element(released, "order_sn", courier_order), "binding_id"), "DCN600000000004PU");
  const json::object failed = Element(List(Response(answer), "fail_list"), "order_sn", "2411010FMDEMO0");
  EXPECT_EQ(Text(failed, "fail_error"), "firstmile.package_has_not_bind");
}

TEST_F(UnbindTest, UnbindAllKeepsTheStatusRules) {
  const json::object answer = UnbindAll({OnlyOrderOf("CNF000000000001241101")});
  EXPECT_EQ(Text(answer, "error"), "firstmile.batch_api_all_failed");
  EXPECT_EQ(Text(answer, "message"), "All failed, please check result_list for detail");
  EXPECT_TRUE(List(Response(answer), "success_list").empty());
  EXPECT_EQ(Text(List(Response(answer), "fail_list")[0].get_object(), "fail_message"),
            "The FM status is incorrect.");
}

TEST_F(UnbindTest, AReleasedOrderCanBeBoundAgain) {
  Unbind(kDemoNumber, {kDemoOrder});
  const json::object answer = shop_.Post(
      kFirstMile + "bind_first_mile_tracking_number",
      R"({"first_mile_tracking_number":"CNF877146678717210312","shipment_method":"pickup","region":"CN",)"
      R"("logistics_channel_id":813,"order_list":[{"order_sn":"201214JASXYXY6"}]})");
  EXPECT_EQ(Text(answer, "error"), "");
  EXPECT_EQ(StatusOf(kDemoNumber), "ORDER_RECEIVED");
}

}  // namespace
}  // namespace emulator_test
