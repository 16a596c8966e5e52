#include <set>

#include "emulator/world/world.h"
#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kGenerateAndBind = kFirstMile + "generate_and_bind_first_mile_tracking_number";
const std::string kBindCourier = kFirstMile + "bind_courier_delivery_first_mile_tracking_number";
const std::string kDetail = kFirstMile + "get_courier_delivery_detail";
const std::string kList = kFirstMile + "get_courier_delivery_tracking_number_list";
const std::string kWaybill = kFirstMile + "get_courier_delivery_waybill";

class CourierTest : public EmulatorTest {
 protected:
  static json::object Body(const std::vector<std::string>& orders) {
    json::array list;
    for (const std::string& sn : orders) list.push_back({{"order_sn", sn}});
    return {{"shipment_method", "courier_delivery"},
            {"region", "CN"},
            {"order_list", std::move(list)},
            {"courier_delivery_info",
             {{"address_id", 11222},
              {"warehouse_id", "ECP03"},
              {"logistics_product_id", 1010004},
              {"prepaid_account_id", 21},
              {"courier_service_id", "LCN70002"}}}};
  }

  json::object Make(const json::object& body, int64_t shop = kShop) {
    return As(shop).Post(kGenerateAndBind, json::serialize(body));
  }

  // Makes the call with one member of courier_delivery_info changed, or removed if `value` is null.
  json::object MakeWith(const std::string& name, const json::value& value) {
    json::object body = Body({"2411010FMDEMO0"});
    json::object& info = body["courier_delivery_info"].as_object();
    if (value.is_null()) {
      info.erase(name);
    } else {
      info[name] = value;
    }
    return Make(body);
  }

  std::string NewBinding(const std::vector<std::string>& orders) {
    return Text(Response(Make(Body(orders))), "binding_id");
  }

  json::object Detail(const std::string& id, const Params& more = {}) {
    Caller caller = shop_;
    caller.now = now_;
    Params params = {{"binding_id", id}};
    params.insert(params.end(), more.begin(), more.end());
    return Response(caller.Get(kDetail, params));
  }

  json::object Page(const std::string& cursor, int size) {
    return Response(shop_.Post(
        kList,
        json::serialize(json::object{
            {"from_date", "2026-10-01"}, {"to_date", kToday}, {"page_size", size}, {"cursor", cursor}})));
  }
};

TEST_F(CourierTest, ChannelsListProductsWithTheirCouriers) {
  const json::object answer = shop_.Get(kFirstMile + "get_courier_delivery_channel_list", {{"region", "CN"}});
  const json::array& products = List(Response(answer), "logistics_channel_list");
  ASSERT_EQ(products.size(), 2U);
  EXPECT_EQ(products[0].at("logistics_product_id").as_int64(), 1010003);
  EXPECT_EQ(products[1].at("logistics_product_id").as_int64(), 1010004);
  Element(List(products[1].get_object(), "courier_list"), "courier_service_id", "LCN70002");
  EXPECT_EQ(Text(shop_.Get(kFirstMile + "get_courier_delivery_channel_list", {{"region", "KR"}}), "error"),
            "firstmile.area_not_support");
}

TEST_F(CourierTest, GenerateAndBindCreatesABinding) {
  const json::object answer = Make(Body({"2411010FMDEMO0", "2411010FMDEMO1", "NOSUCHORDER000"}));
  EXPECT_EQ(Text(answer, "error"), "");
  const std::string id = Text(Response(answer), "binding_id");
  EXPECT_EQ(id.size(), 17U);
  EXPECT_EQ(id.substr(0, 3), "DCN");
  const json::object bound = Element(List(Response(answer), "success_list"), "order_sn", "2411010FMDEMO0");
  EXPECT_TRUE(bound.at("package_number").is_null()) << "as in the official sample";
  const json::object failed = List(Response(answer), "fail_list")[0].as_object();
  EXPECT_EQ(Text(failed, "fail_error"), "firstmile.order_not_exist");
  EXPECT_EQ(failed.at("package_number").as_string(), "");
}

TEST_F(CourierTest, TheCourierNumberIsAssignedLater) {
  const std::string id = NewBinding({"2411010FMDEMO0"});
  EXPECT_EQ(Text(Detail(id), "status"), "ORDER_CREATED");
  EXPECT_EQ(Text(Detail(id), "first_mile_tracking_number"), "");
  EXPECT_EQ(Text(shop_.Post(kWaybill, R"({"binding_id_list":[")" + id + R"("]})"), "error"), "error_data");
  now_ = kNow + 5;
  EXPECT_EQ(Text(Detail(id), "status"), "ORDER_RECEIVED");
  EXPECT_EQ(Text(Detail(id), "first_mile_tracking_number").substr(0, 2), "SF");
  EXPECT_EQ(Text(Detail(id), "declare_date"), kToday);
  const json::object waybills = shop_.Post(kWaybill, R"({"binding_id_list":[")" + id + R"("]})");
  const json::object waybill = Element(List(Response(waybills), "waybill_list"), "binding_id", id);
  EXPECT_EQ(Text(waybill, "shipping_label_url").substr(0, 7), "http://");
}

TEST_F(CourierTest, GenerateAndBindCreatesNothingIfEveryOrderFails) {
  const json::object answer = Make(Body({"2411010FMREADY", "2411010FMWHSE4"}));
  EXPECT_EQ(Text(answer, "error"), "firstmile.batch_api_all_failed");
  EXPECT_EQ(Text(Response(answer), "binding_id"), "");
  EXPECT_EQ(Text(Element(List(Response(answer), "fail_list"), "order_sn", "2411010FMWHSE4"), "fail_message"),
            "FM Code WHSID can only bind SLS TN with the same WHSID");
}

TEST_F(CourierTest, ChecksTheCourierDeliveryInfo) {
  const auto message = [this](const std::string& name, const json::value& value) {
    return Text(MakeWith(name, value), "message");
  };
  const std::string wrong = "Wrong parameters, detail: ";
  EXPECT_EQ(message("address_id", 1), wrong + "address_id is invalid.");
  EXPECT_EQ(message("address_id", "11222"), wrong + "courier_delivery_info.address_id must be an integer.");
  EXPECT_EQ(message("warehouse_id", "ECP99"), wrong + "warehouse_id is invalid.");
  EXPECT_EQ(message("warehouse_id", "ECV01"), wrong + "warehouse_id is invalid.");
  EXPECT_EQ(message("logistics_product_id", 1010005), wrong + "logistics_product_id is invalid.");
  EXPECT_EQ(message("courier_service_id", "LCN80001"), wrong + "courier_service_id is invalid.");
  EXPECT_EQ(message("prepaid_account_id", 22), wrong + "prepaid_account_id is invalid.");
  EXPECT_EQ(message("prepaid_account_id", nullptr),
            wrong + "courier_delivery_info.prepaid_account_id is a required field.");
  for (const char* name : {"address_id", "warehouse_id", "logistics_product_id", "courier_service_id"}) {
    EXPECT_EQ(message(name, nullptr), wrong + "courier_delivery_info." + name + " is a required field.");
  }
}

TEST_F(CourierTest, AnOfflinePaidCourierNeedsNoAccount) {
  json::object body = Body({"2411010FMDEMO0"});
  body["courier_delivery_info"] = {{"address_id", 11222},
                                   {"warehouse_id", "ECP03"},
                                   {"logistics_product_id", 1010003},
                                   {"courier_service_id", "LCN80001"}};
  EXPECT_EQ(Text(Make(body), "error"), "");
}

TEST_F(CourierTest, IsLimitedToCnShopsAndOneMethod) {
  json::object body = Body({"2411014FMDEMO0"});
  EXPECT_EQ(Text(Make(body, 600004), "error"), "firstmile.area_not_support");
  body = Body({"2411010FMDEMO0"});
  body["shipment_method"] = "pickup";
  EXPECT_EQ(Text(Make(body), "error"), "firstmile.wrong_shipment_method");
}

TEST_F(CourierTest, AddsOrdersToABinding) {
  const std::string id = NewBinding({"2411010FMDEMO0"});
  const json::object answer = shop_.Post(
      kBindCourier, R"({"shipment_method":"courier_delivery","binding_id":")" + id +
                        R"(","order_list":[{"order_sn":"2411010FMDEMO1"},{"order_sn":"2411010FMDEMO0"}]})");
  EXPECT_EQ(Text(answer, "error"), "");
  EXPECT_EQ(Text(Response(answer), "binding_id"), id);
  EXPECT_EQ(Text(List(Response(answer), "success_list")[0].get_object(), "order_sn"), "2411010FMDEMO1");
  EXPECT_EQ(Text(List(Response(answer), "fail_list")[0].get_object(), "fail_error"),
            "firstmile.package_has_bind");
  EXPECT_EQ(List(Detail(id), "order_list").size(), 2U);
}

TEST_F(CourierTest, RefusesOrdersForABindingOfAnotherShopOrAfterThePickup) {
  const auto bind = [this](int64_t shop, const std::string& id) {
    return Text(As(shop).Post(kBindCourier, R"({"shipment_method":"courier_delivery","binding_id":")" + id +
                                                R"(","order_list":[{"order_sn":"2411010FMDEMO1"}]})"),
                "message");
  };
  EXPECT_EQ(bind(600001, "DCN600000000004PU"), "The FM code does not exist");
  EXPECT_EQ(bind(kShop, "DCN000000000000XX"), "The FM code does not exist");
  EXPECT_EQ(bind(kShop, "DCN600000000003CX"), "The FM status is incorrect.");
}

TEST_F(CourierTest, AnEmptiedBindingIsNotAvailableAndAcceptsOrdersAgain) {
  const std::string id = NewBinding({"2411010FMDEMO0"});
  shop_.Post(kFirstMile + "unbind_first_mile_tracking_number_all",
             R"({"order_list":[{"order_sn":"2411010FMDEMO0"}]})");
  EXPECT_EQ(Text(Detail(id), "status"), "NOT_AVAILABLE");
  shop_.Post(kBindCourier, R"({"shipment_method":"courier_delivery","binding_id":")" + id +
                               R"(","order_list":[{"order_sn":"2411010FMWHSE4"}]})");
  EXPECT_EQ(List(Detail(id), "order_list").size(), 1U);
}

TEST_F(CourierTest, DetailPagesToTheEnd) {
  std::set<std::string> seen;
  std::string cursor;
  int pages = 0;
  do {
    const json::object page = Detail("DCN600000000035AA", {{"page_size", "10"}, {"cursor", cursor}});
    for (const json::value& row : List(page, "order_list")) seen.insert(Text(row.get_object(), "order_sn"));
    cursor = Text(page, "next_cursor");
    EXPECT_EQ(page.at("more").as_bool(), !cursor.empty());
    ++pages;
  } while (!cursor.empty());
  EXPECT_EQ(seen.size(), 35U);
  EXPECT_EQ(pages, 4);
}

TEST_F(CourierTest, DetailOfAnUnknownBindingIsNotAvailable) {
  EXPECT_EQ(Text(Detail("DCN000000000000XX"), "status"), "NOT_AVAILABLE");
  EXPECT_EQ(Text(shop_.Get(kDetail, {{"binding_id", "x"}, {"page_size", "51"}}), "error"), "error_param");
  EXPECT_EQ(Text(shop_.Get(kDetail), "message"), "Wrong parameters, detail: binding_id is a required field.");
}

TEST_F(CourierTest, ListPagesToTheEndWithAllItsOddities) {
  json::array rows;
  std::string cursor;
  int pages = 0;
  do {
    const json::object page = Page(cursor, 10);
    for (const json::value& row : List(page, "tracking_number_list")) rows.push_back(row);
    cursor = Text(page, "next_cursor");
    ++pages;
  } while (!cursor.empty());
  EXPECT_EQ(rows.size(), 35U);
  EXPECT_EQ(pages, 4);
  EXPECT_EQ(Text(Element(rows, "binding_id", "DCN600000000001TB"), "first_mile_tracking_number"),
            "SF1600000000001\t");
  EXPECT_EQ(Text(Element(rows, "binding_id", "DCN600000000002BL"), "first_mile_tracking_number"), "");
  const json::object cancelled = Element(rows, "binding_id", "DCN600000000003CX");
  EXPECT_EQ(Text(cancelled, "status"), "CANCELED");
  EXPECT_NE(Text(cancelled, "reason"), "");
  EXPECT_FALSE(Element(rows, "binding_id", "DCN600000000004PU").contains("reason"));
}

TEST_F(CourierTest, ListReadsItsFieldsFromTheBody) {
  EXPECT_EQ(Text(shop_.Post(kList, R"({"from_date":"2026-11-01","to_date":"2026-11-01"})"), "error"),
            "firstmile.date_range_error");
  EXPECT_EQ(Text(shop_.Post(kList, R"({"from_date":"2026-11","to_date":"2026-11-01"})"), "error"),
            "firstmile.date_format_error");
  EXPECT_EQ(Text(shop_.Post(kList, R"({"to_date":"2026-11-01"})"), "error"), "error_param");
  EXPECT_EQ(Text(shop_.Post(kList, R"({"from_date":"2026-10-01","to_date":"2026-11-01","page_size":"10"})"),
                 "message"),
            "Wrong parameters, detail: page_size must be an integer.");
}

TEST_F(CourierTest, WaybillChecksItsIds) {
  EXPECT_EQ(Text(shop_.Post(kWaybill, R"({"binding_id_list":["DCN000000000000XX"]})"), "message"),
            "The information you queried is not found.");
  EXPECT_EQ(Text(shop_.Post(kWaybill, R"({"binding_id_list":["DCN600000000002BL"]})"), "error"),
            "error_data");
  EXPECT_EQ(Text(shop_.Post(kWaybill, R"({"binding_id_list":[]})"), "error"), "error_param");
  EXPECT_EQ(Text(shop_.Post(kWaybill, R"({"binding_id_list":[1]})"), "error"), "error_param");
}

}  // namespace
}  // namespace emulator_test
