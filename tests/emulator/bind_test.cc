#include "emulator/world/world.h"
#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kBind = kFirstMile + "bind_first_mile_tracking_number";
const std::string kFresh = "CNF000000000003241101";
const std::string kOtherFresh = "CNF000000000005241101";

class BindTest : public EmulatorTest {
 protected:
  explicit BindTest(emulator::Options options) : EmulatorTest(std::move(options)) {}
  BindTest() = default;

  static json::object Body(const std::string& code, const std::vector<std::string>& orders,
                           const std::string& method = "pickup") {
    json::array list;
    for (const std::string& sn : orders) list.push_back({{"order_sn", sn}});
    json::object body = {{"first_mile_tracking_number", code},
                         {"shipment_method", method},
                         {"region", "cn"},
                         {"logistics_channel_id", nullptr},
                         {"order_list", std::move(list)}};
    if (method == "pickup") body["logistics_channel_id"] = 813;
    if (method == "dropoff") body["logistics_channel_id"] = 8101;
    return body;
  }

  json::object Send(const json::object& body, int64_t shop = kShop) {
    return As(shop).Post(kBind, json::serialize(body));
  }

  json::object Bind(const std::string& code, const std::vector<std::string>& orders,
                    const std::string& method = "pickup") {
    return Send(Body(code, orders, method));
  }

  // The failure of the only element as "code: text".
  static std::string Failure(const json::object& answer) {
    const json::array& list = List(Response(answer), "order_list");
    if (list.size() != 1) return "not one element";
    return Text(list[0].get_object(), "fail_error") + ": " + Text(list[0].get_object(), "fail_message");
  }

  static std::string Refusal(const json::object& answer) {
    return Text(answer, "error") + ": " + Text(answer, "message");
  }

  void SetStatus(const std::string& code, emulator::FirstMileStatus status) {
    emulator_.WithWorld([&](emulator::World& world) { world.FindNumber(code)->status = status; });
  }

  json::object Detail(const std::string& code, int64_t shop = kShop) {
    return Response(As(shop).Get(kFirstMile + "get_detail", {{"first_mile_tracking_number", code}}));
  }
};

TEST_F(BindTest, BindsOrdersToAFreshPickupNumber) {
  const json::object answer = Bind(kFresh, {"2411010FMDEMO0", "2411010FMDEMO1", "2411010FMDEMO2"});
  EXPECT_EQ(Refusal(answer), ": ");
  EXPECT_FALSE(answer.contains("warning"));
  EXPECT_EQ(Text(Response(answer), "first_mile_tracking_number"), kFresh);
  const json::object detail = Detail(kFresh);
  EXPECT_EQ(Text(detail, "status"), "ORDER_RECEIVED");
  EXPECT_EQ(Text(detail, "shipment_method"), "pickup");
  EXPECT_EQ(List(detail, "order_list").size(), 3U);
  const json::object unbound = Response(shop_.Get(kFirstMile + "get_unbind_order_list"));
  EXPECT_EQ(Text(List(unbound, "order_list")[0].get_object(), "order_sn"), "2411010FMDEMO3");
}

TEST_F(BindTest, AnswersInAnotherOrderThanTheRequest) {
  const json::object answer = Bind(kFresh, {"2411010FMDEMO0", "2411010FMDEMO1"});
  const json::array& list = List(Response(answer), "order_list");
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(Text(list[0].get_object(), "order_sn"), "2411010FMDEMO1");
  EXPECT_FALSE(list[0].get_object().contains("package_number"));
  EXPECT_FALSE(list[0].get_object().contains("fail_error"));
}

TEST_F(BindTest, ReportsAPartialFailureInASuccessfulAnswer) {
  const json::object answer = Bind(kFresh, {"2411010FMDEMO0", "NOSUCHORDER000"});
  EXPECT_EQ(Refusal(answer), ": ");
  const json::array& list = List(Response(answer), "order_list");
  EXPECT_EQ(Text(list[0].get_object(), "order_sn"), "NOSUCHORDER000") << "failures come first";
  EXPECT_EQ(Text(list[0].get_object(), "fail_error"), "firstmile.order_not_exist");
  EXPECT_EQ(Text(list[1].get_object(), "order_sn"), "2411010FMDEMO0");
  const json::array& warning = answer.at("warning").as_array();
  ASSERT_EQ(warning.size(), 1U);
  EXPECT_EQ(Text(warning[0].get_object(), "order_sn"), "NOSUCHORDER000");
}

TEST_F(BindTest, ReportsATotalFailureWithAFilledResponse) {
  const json::object answer = Bind(kFresh, {"NOSUCHORDER000", "2411010FMREADY"});
  EXPECT_EQ(Refusal(answer),
            "firstmile.batch_api_all_failed: Failed, please check result_list for more details.");
  EXPECT_EQ(List(Response(answer), "order_list").size(), 2U);
  EXPECT_FALSE(answer.contains("warning")) << "absent in the official sample";
  EXPECT_EQ(Text(Detail(kFresh), "status"), "NOT_AVAILABLE") << "nothing was bound";
}

TEST_F(BindTest, ReportsWhyAnOrderCannotBeBound) {
  const auto failure = [this](const std::string& sn) { return Failure(Bind(kFresh, {sn})); };
  EXPECT_EQ(
      failure("2411010FMREADY"),
      "firstmile.invalid_order_status: The status of order(order_sn: 2411010FMREADY) is invalid. Please "
      "check the order status.");
  EXPECT_EQ(failure("2411010FMPICKD"), "firstmile.business_error: the logistic status is not supported");
  EXPECT_EQ(failure("2411010FMNOTRK"), "firstmile.error: The SLS TN does not exist");
  EXPECT_EQ(failure("2411010FMSPLIT"),
            "firstmile.order_has_been_split: The order(order_sn: 2411010FMSPLIT) has been split");
  EXPECT_EQ(failure("2411011FMDEMO0"), "firstmile.order_not_exist: Order is not exist.") << "another shop's";
  EXPECT_EQ(failure("201214JASXYXY6"), "firstmile.error: The SLS TN is tied to another FM code");
}

TEST_F(BindTest, ReportsThatAnOrderIsBoundToTheSameNumber) {
  EXPECT_EQ(Failure(Bind("CNF877146678717210312", {"201214JASXYXY6"})),
            "firstmile.package_has_bind: Package (order_sn: 201214JASXYXY6, package_number: "
            "OFG877146678717210) has "
            "been bind to first mile code.");
}

TEST_F(BindTest, BindsThePackagesOfASplitOrderSeparately) {
  json::object body = Body(kFresh, {});
  body["order_list"] =
      json::array{json::object{{"order_sn", "2411010FMSPLIT"}, {"package_number", "OFG241101000000001"}},
                  json::object{{"order_sn", "2411010FMSPLIT"}, {"package_number", "OFG241101000000002"}},
                  json::object{{"order_sn", "2411010FMDEMO0"}, {"package_number", ""}},
                  json::object{{"order_sn", "2411010FMDEMO1"}, {"package_number", nullptr}},
                  json::object{{"order_sn", "2411010FMDEMO2"}, {"package_number", "OFG241101000000001"}}};
  const json::object answer = Send(body);
  const json::array& list = List(Response(answer), "order_list");
  EXPECT_EQ(Text(Element(list, "package_number", "OFG241101000000002"), "fail_error"), "");
  EXPECT_EQ(Text(Element(list, "order_sn", "2411010FMDEMO1"), "fail_error"), "");
  EXPECT_EQ(Text(Element(list, "order_sn", "2411010FMDEMO2"), "fail_error"), "firstmile.invalid_package");
  EXPECT_EQ(List(Detail(kFresh), "order_list").size(), 4U);
}

TEST_F(BindTest, RefusesDuplicates) {
  EXPECT_EQ(Refusal(Bind(kFresh, {"2411010FMDEMO0", "2411010FMDEMO0"})),
            "firstmile.param_duplication: Duplicate order_sn 2411010FMDEMO0 or package_number: .");
}

TEST_F(BindTest, AcceptsAtMostFiftyOrdersPerCall) {
  std::vector<std::string> orders(51);
  for (std::size_t i = 0; i < orders.size(); ++i) orders[i] = "X" + std::to_string(i);
  EXPECT_EQ(Text(Bind(kFresh, orders), "error"), "error_param");
  orders.pop_back();
  EXPECT_EQ(Text(Bind(kFresh, orders), "error"), "firstmile.batch_api_all_failed");
  EXPECT_EQ(Text(Bind(kFresh, {}), "error"), "error_param");
}

TEST_F(BindTest, RefusesPackagesOfAnotherWarehouse) {
  const std::string mismatch = "firstmile.error: FM Code WHSID can only bind SLS TN with the same WHSID";
  EXPECT_EQ(Refusal(Bind(kFresh, {"2411010FMDEMO0"})), ": ");
  EXPECT_EQ(Failure(Bind(kFresh, {"2411010FMWHSE4"})), mismatch);
  EXPECT_EQ(Refusal(Bind(kOtherFresh, {"2411010FMWHSE4"})), ": ");
  EXPECT_EQ(Failure(Bind(kOtherFresh, {"2411010FMDEMO1"})), mismatch);
}

TEST_F(BindTest, ChecksAnExplicitWarehouse) {
  json::object body = Body(kFresh, {"2411010FMDEMO0"});
  body["warehouse_id"] = "ECP04";
  body["warehouse_type"] = 0;
  EXPECT_EQ(Failure(Send(body)), "firstmile.error: FM Code WHSID can only bind SLS TN with the same WHSID");
  body["warehouse_id"] = "ECV01";
  EXPECT_EQ(Refusal(Send(body)), "error_param: Wrong parameters, detail: warehouse_id is invalid.");
  body["warehouse_id"] = "ECP03";
  body["warehouse_type"] = 1;
  EXPECT_EQ(Refusal(Send(body)),
            "error_param: Wrong parameters, detail: warehouse_type does not match warehouse_id.");
  body["warehouse_type"] = 0;
  EXPECT_EQ(Refusal(Send(body)), ": ");
}

TEST_F(BindTest, APickupNumberAcceptsOrdersOnlyBeforeThePickup) {
  EXPECT_EQ(Refusal(Bind("CNF000000000001241101", {"2411010FMDEMO0"})),
            "firstmile.error: The FM status is incorrect.");
  EXPECT_EQ(Refusal(Bind("CNF000000000002241101", {"2411010FMDEMO0"})),
            "firstmile.error: You used a Delivered FM code, please use a new FM code.");
  EXPECT_EQ(Refusal(Bind("CNF877146678717210312", {"2411010FMDEMO0"})), ": ");
}

TEST_F(BindTest, SelfDeliverAndDropoffNumbersAcceptOrdersInAnyState) {
  SetStatus("CNF000000000004241101", emulator::FirstMileStatus::kDelivered);
  EXPECT_EQ(Refusal(Bind("CNF000000000004241101", {"2411010FMDEMO0"}, "self_deliver")), ": ");
  SetStatus("SFDEMO0000000250", emulator::FirstMileStatus::kPickedUp);
  EXPECT_EQ(Refusal(Bind("SFDEMO0000000250", {"2411010FMDEMO1"}, "dropoff")), ": ");
}

TEST_F(BindTest, ANumberKeepsItsMethod) {
  const std::string refusal =
      "firstmile.error: One FM code cannot be predeclared with different shipping methods";
  EXPECT_EQ(Refusal(Bind("CNF877146678717210312", {"2411010FMDEMO0"}, "self_deliver")), refusal);
  EXPECT_EQ(Refusal(Bind(kFresh, {"2411010FMDEMO0"}, "dropoff")), refusal)
      << "generated for the other methods";
  EXPECT_EQ(Refusal(Bind("CNF999999999999241101", {"2411010FMDEMO0"})),
            "firstmile.error: The FM code does not exist");
}

TEST_F(BindTest, TheFirstBindCreatesADropoffNumber) {
  EXPECT_EQ(Text(Bind("SF00000001", {"NOSUCHORDER000"}, "dropoff"), "error"),
            "firstmile.batch_api_all_failed");
  EXPECT_EQ(Text(Detail("SF00000001"), "shipment_method"), "");
  EXPECT_EQ(Refusal(Bind("SF00000001", {"2411010FMDEMO0"}, "dropoff")), ": ");
  const json::object detail = Detail("SF00000001");
  EXPECT_EQ(Text(detail, "shipment_method"), "dropoff");
  EXPECT_EQ(detail.at("logistics_channel_id").as_int64(), 8101);
  EXPECT_EQ(Text(detail, "status"), "ORDER_RECEIVED");
}

TEST_F(BindTest, ChecksTheFormatOfTheNumber) {
  EXPECT_EQ(Refusal(Bind("", {"x"})), "error_param: FM code cannot be empty.");
  EXPECT_EQ(Refusal(Bind("CNF12", {"x"})),
            "error_param: Pickup FM tracking code must start with \"CNF\" or \"KRF\" + 18 numbers");
  EXPECT_EQ(Refusal(Bind("CNF12", {"x"}, "self_deliver")),
            "error_param: Self Deliver FM tracking code must start with \"CNF\" or \"KRF\" + 18 numbers");
  EXPECT_EQ(Refusal(Bind("SF 123456", {"x"}, "dropoff")),
            "error_param: Format wrong. FM tracking number only contains character and number.");
  const std::string length = "error_param: Dropoff FM tracking code must be between 6 to 40 characters";
  EXPECT_EQ(Refusal(Bind("SF123", {"x"}, "dropoff")), length);
  EXPECT_EQ(Refusal(Bind(std::string(41, 'A'), {"x"}, "dropoff")), length);
}

TEST_F(BindTest, RefusesAChannelThatDoesNotFitTheMethod) {
  const std::string mismatch = "firstmile.error: The shipping method and logistics id are not matched";
  json::object body = Body(kFresh, {"2411010FMDEMO0"});
  for (const json::value& id : {json::value(nullptr), json::value(0), json::value(8101), json::value(1)}) {
    body["logistics_channel_id"] = id;
    EXPECT_EQ(Refusal(Send(body)), mismatch) << id;
  }
  body = Body(kFresh, {"2411010FMDEMO0"}, "self_deliver");
  body["logistics_channel_id"] = 813;
  EXPECT_EQ(Refusal(Send(body)), mismatch);
  body["logistics_channel_id"] = 0;
  EXPECT_EQ(Refusal(Send(body)), ": ");
}

TEST_F(BindTest, RequiresTheChannelKeyEvenIfItsValueIsNull) {
  json::object body = Body(kFresh, {"2411010FMDEMO0"}, "self_deliver");
  body.erase("logistics_channel_id");
  EXPECT_EQ(Refusal(Send(body)),
            "error_param: Wrong parameters, detail: logistics_channel_id is a required field.");
  body["logistics_channel_id"] = nullptr;
  EXPECT_EQ(Refusal(Send(body)), ": ");
}

TEST_F(BindTest, ChecksMethodAndRegion) {
  EXPECT_EQ(Text(Bind(kFresh, {"x"}, "courier_delivery"), "error"), "firstmile.wrong_shipment_method");
  json::object body = Body(kFresh, {"2411010FMDEMO0"});
  body["region"] = "MY";
  EXPECT_EQ(Refusal(Send(body)),
            "firstmile.area_not_support: Area is invalid.Now we only support area in CN,KR.");
  body["region"] = "kr";
  EXPECT_EQ(Refusal(Send(body)),
            "firstmile.area_not_support: Area is invalid.Now we only support area in CN.");
  body["region"] = "CN";
  EXPECT_EQ(Refusal(Send(body)), ": ") << "the sample has upper case";
}

TEST_F(BindTest, NamesMissingFieldsAndFieldsOfTheWrongType) {
  for (const char* name : {"shipment_method", "region", "order_list"}) {
    json::object body = Body(kFresh, {"2411010FMDEMO0"});
    body.erase(name);
    EXPECT_EQ(Refusal(Send(body)),
              std::string("error_param: Wrong parameters, detail: ") + name + " is a required field.");
  }
  json::object body = Body(kFresh, {"2411010FMDEMO0"});
  body["weight"] = "heavy";
  EXPECT_EQ(Refusal(Send(body)), "error_param: Wrong parameters, detail: weight must be a number.");
  body["weight"] = 1.5;
  EXPECT_EQ(Refusal(Send(body)), ": ");
}

TEST_F(BindTest, SeveralShopsMayShareANumber) {
  EXPECT_EQ(Refusal(Bind(kFresh, {"2411010FMDEMO0"})), ": ");
  EXPECT_EQ(Refusal(Send(Body(kFresh, {"2411011FMDEMO0"}), 600001)), ": ");
  EXPECT_EQ(List(Detail(kFresh), "order_list").size(), 1U);
  EXPECT_EQ(Text(List(Detail(kFresh, 600001), "order_list")[0].get_object(), "order_sn"), "2411011FMDEMO0");
}

class SmallNumbersTest : public BindTest {
 protected:
  SmallNumbersTest() : BindTest(Limits()) {}
  static emulator::Options Limits() {
    emulator::Options options;
    options.orders_per_number = 2;
    return options;
  }
};

TEST_F(SmallNumbersTest, ANumberAcceptsNoMoreOrdersThanItsLimit) {
  const json::object answer = Bind(kFresh, {"2411010FMDEMO0", "2411010FMDEMO1", "2411010FMDEMO2"});
  EXPECT_EQ(answer.at("warning").as_array().size(), 1U);
  EXPECT_EQ(List(Detail(kFresh), "order_list").size(), 2U);
  EXPECT_EQ(Failure(Bind(kFresh, {"2411010FMDEMO2"})),
            "error_param: Wrong parameters, detail: a first mile tracking number takes 2 orders or less.");
}

}  // namespace
}  // namespace emulator_test
