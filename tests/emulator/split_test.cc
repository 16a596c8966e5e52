#include <initializer_list>

#include "emulator/world/state_check.h"
#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kOrder = "/api/v2/order/";

class SplitTest : public EmulatorTest {
 protected:
  static constexpr char kSn[] = "2411010FMSHIP0";  // one piece of the first item, two of the second

  json::array Items() { return List(Detail(), "item_list"); }
  json::object Detail() {
    const json::object answer =
        shop_.Get(kOrder + "get_order_detail",
                  {{"order_sn_list", kSn}, {"response_optional_fields", "item_list,package_list,split_up"}});
    return List(Response(answer), "order_list").at(0).as_object();
  }
  // Item `index` of the order, with a quantity unless it is 0.
  json::object Item(int index, int quantity = 0) {
    const json::object item = Items().at(static_cast<std::size_t>(index)).as_object();
    json::object part = {{"item_id", item.at("item_id")}, {"model_id", item.at("model_id")}};
    if (quantity != 0) part["model_quantity"] = quantity;
    return part;
  }
  static json::object Body(std::initializer_list<json::array> packages) {
    json::array list;
    for (const json::array& items : packages) list.push_back({{"item_list", items}});
    return {{"order_sn", kSn}, {"package_list", std::move(list)}};
  }
  json::object Split(std::initializer_list<json::array> packages) {
    return shop_.Post(kOrder + "split_order", json::serialize(Body(packages)));
  }
  std::string Refusal(std::initializer_list<json::array> packages) { return Text(Split(packages), "error"); }
  std::string Unsplit() {
    return Text(shop_.Post(kOrder + "unsplit_order", json::serialize(json::object{{"order_sn", kSn}})),
                "error");
  }
  std::string Ship(const std::string& package_number) {
    json::object body = {{"order_sn", kSn}, {"dropoff", {{"branch_id", 1}}}};
    if (!package_number.empty()) body["package_number"] = package_number;
    return Text(shop_.Post(kLogistics + "ship_order", json::serialize(body)), "error");
  }
  std::string Broken() {
    std::string broken;
    emulator_.WithWorld([&](emulator::World& world) { broken = emulator::world::FindBrokenRule(world); });
    return broken;
  }
};

TEST_F(SplitTest, EveryItemGoesIntoItsPackage) {
  const std::string before = Text(List(Detail(), "package_list").at(0).as_object(), "package_number");
  const json::object response = Response(Split({{Item(0)}, {Item(1)}}));
  const json::array packages = List(response, "package_list");
  ASSERT_EQ(packages.size(), 2U);
  EXPECT_EQ(Text(response, "order_sn"), kSn);
  EXPECT_EQ(List(packages.at(1).as_object(), "item_list").at(0).at("model_quantity"), 2);
  EXPECT_NE(Text(packages.at(0).as_object(), "package_number"), before);
  EXPECT_TRUE(Detail().at("split_up").as_bool());
  EXPECT_EQ(Items().size(), 2U);
  EXPECT_EQ(Ship(before), "logistics.package_not_exist") << "the old number is no longer known";
  EXPECT_EQ(Broken(), "");
}

TEST_F(SplitTest, PiecesOfOneItemMayTravelApart) {
  ASSERT_EQ(Text(Split({{Item(0), Item(1, 1)}, {Item(1, 1)}}), "error"), "");
  EXPECT_EQ(Items().at(1).at("model_quantity_purchased"), 2);
}

TEST_F(SplitTest, TheOrderIsProcessedOnceEveryPackageIsShipped) {
  const json::array packages = List(Response(Split({{Item(0)}, {Item(1)}})), "package_list");
  EXPECT_EQ(Ship(""), "logistics.ship_order_need_pacakge_number");
  ASSERT_EQ(Ship(Text(packages.at(0).as_object(), "package_number")), "");
  EXPECT_EQ(Text(Detail(), "order_status"), "READY_TO_SHIP");
  EXPECT_EQ(Unsplit(), "order.order_cannot_undo_split");
  ASSERT_EQ(Ship(Text(packages.at(1).as_object(), "package_number")), "");
  EXPECT_EQ(Text(Detail(), "order_status"), "PROCESSED");
  EXPECT_EQ(Broken(), "");
}

TEST_F(SplitTest, UndoneItIsOnePackageWithANewNumber) {
  const json::array packages = List(Response(Split({{Item(0)}, {Item(1)}})), "package_list");
  ASSERT_EQ(Unsplit(), "");
  const json::array left = List(Detail(), "package_list");
  ASSERT_EQ(left.size(), 1U);
  EXPECT_NE(Text(left.at(0).as_object(), "package_number"),
            Text(packages.at(0).as_object(), "package_number"));
  EXPECT_EQ(List(left.at(0).as_object(), "item_list").size(), 2U);
  EXPECT_EQ(Unsplit(), "order.order_cannot_undo_split") << "there is no split left";
  EXPECT_EQ(Ship(""), "");
  EXPECT_EQ(Broken(), "");
}

TEST_F(SplitTest, RefusesPackagesThatDoNotMakeTheOrder) {
  json::object unknown = Item(0);
  unknown["model_id"] = 1;
  EXPECT_EQ(Refusal({{Item(0)}}), "error_param") << "too few packages";
  EXPECT_EQ(Refusal({{Item(0)}, {Item(1)}, {Item(1)}, {Item(1)}, {Item(1)}, {Item(1)}}), "error_param");
  EXPECT_EQ(Refusal({{unknown}, {Item(1)}}), "order.order_split_item_not_exist");
  EXPECT_EQ(Refusal({{Item(0), Item(0)}, {Item(1)}}), "order.order_split_duplicate_item");
  EXPECT_EQ(Refusal({{Item(1, 1)}, {Item(1, 1)}}), "order.order_split_package_missing_item");
  EXPECT_EQ(Refusal({{Item(0)}, {Item(1, 1)}}), "order.order_split_wrong_item_quantity");
  EXPECT_EQ(Refusal({{Item(0)}, {Item(1, 3)}}), "order.order_split_wrong_item_quantity");
  EXPECT_EQ(Refusal({{Item(0), Item(1)}, {Item(1)}}), "order.order_split_wrong_item_quantity");
  EXPECT_EQ(List(Detail(), "package_list").size(), 1U);
}

TEST_F(SplitTest, RefusesOrdersThatAreSplitOrOnTheirWay) {
  ASSERT_EQ(Refusal({{Item(0)}, {Item(1)}}), "");
  EXPECT_EQ(Refusal({{Item(0)}, {Item(1)}}), "order.order_has_been_split");
  const std::string body = R"({"order_sn":"2411010FMDEMO0","package_list":[]})";
  EXPECT_EQ(Text(shop_.Post(kOrder + "split_order", body), "error"), "order.order_cannot_split");
  EXPECT_EQ(Text(shop_.Post(kOrder + "unsplit_order", R"({"order_sn":"NONE"})"), "error"), "error_not_found");
}

TEST_F(SplitTest, ACopyOfTheWorldKnowsThePackagesOfTheSplit) {
  ASSERT_EQ(Refusal({{Item(0)}, {Item(1)}}), "");
  Connection control(emulator_.port());
  ASSERT_EQ(control.Send("POST", "/_emulator/snapshot").status, 200);
  ASSERT_EQ(Unsplit(), "");
  ASSERT_EQ(control.Send("POST", "/_emulator/restore").status, 200);
  EXPECT_EQ(List(Detail(), "package_list").size(), 2U);
  EXPECT_EQ(Broken(), "");
}

}  // namespace
}  // namespace emulator_test
