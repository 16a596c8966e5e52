#include "codec/request_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/wire_cases.pb.h"
#include "firstmile/v1/first_mile_numbers.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"
#include "firstmile/v1/logistics_tracking.pb.h"

namespace firstmile::codec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

template <typename Request>
std::string BodyOf(const Request& request) {
  return RequestEncoder::Compile(*Request::descriptor(), Placement::kBody)->Encode(request).body;
}

template <typename Request>
std::vector<std::pair<std::string, std::string>> QueryOf(const Request& request) {
  return RequestEncoder::Compile(*Request::descriptor(), Placement::kQuery)->Encode(request).query;
}

TEST(RequestEncoder, QueryLeavesOutWhatIsAbsentAndTheSubject) {
  test::Parameters request;
  request.set_shop_id(7);
  request.set_optional_text("");
  EXPECT_THAT(QueryOf(request), ElementsAre(Pair("defaulted", "a,b")));
}

TEST(RequestEncoder, QueryKeepsTheOrderOfTheContract) {
  test::Parameters request;
  request.set_renamed("r");
  request.set_color(test::COLOR_BLUE);
  request.set_optional_truth(false);
  request.set_truth(true);
  request.set_fraction(0.1F);
  request.set_number(2.5);
  request.set_small(0);
  request.set_big(9007199254740993);
  request.set_text("a b&c");
  EXPECT_THAT(QueryOf(request),
              ElementsAre(Pair("text", "a b&c"), Pair("big", "9007199254740993"), Pair("small", "0"),
                          Pair("number", "2.5"), Pair("fraction", "0.1"), Pair("truth", "true"),
                          Pair("optional_truth", "false"), Pair("color", "azure"), Pair("vendorName", "r"),
                          Pair("defaulted", "a,b")));
}

TEST(RequestEncoder, QueryJoinsListsWithCommas) {
  test::Parameters request;
  request.add_joined("one");
  request.add_joined("two");
  request.add_joined_numbers(-1);
  request.add_joined_numbers(2);
  request.add_defaulted("own");
  EXPECT_THAT(QueryOf(request), ElementsAre(Pair("joined", "one,two"), Pair("joined_numbers", "-1,2"),
                                            Pair("defaulted", "own")));
}

TEST(RequestEncoder, TimesAreSentAsWholeSeconds) {
  test::Parameters query;
  query.mutable_time()->set_seconds(1607235072);
  query.mutable_time()->set_nanos(999'999'999);
  EXPECT_THAT(QueryOf(query), ElementsAre(Pair("defaulted", "a,b"), Pair("time", "1607235072")));
  test::Body body;
  body.mutable_time();
  EXPECT_EQ(BodyOf(body), R"({"channel":null,"defaulted":["x","y"],"time":0})");
}

TEST(RequestEncoder, QueryCallHasNoBodyAndBodyCallNoQuery) {
  EXPECT_EQ(
      RequestEncoder::Compile(*test::Empty::descriptor(), Placement::kQuery)->Encode(test::Empty()).body, "");
  EXPECT_THAT(
      RequestEncoder::Compile(*test::Body::descriptor(), Placement::kBody)->Encode(test::Body()).query,
      IsEmpty());
}

TEST(RequestEncoder, BodyWithoutMembersIsAnEmptyObject) {
  test::Empty request;
  request.set_shop_id(7);
  EXPECT_EQ(BodyOf(request), "{}");
}

TEST(RequestEncoder, BodySaysNullWhereTheContractAsksForIt) {
  test::Body request;
  EXPECT_EQ(BodyOf(request), R"({"channel":null,"defaulted":["x","y"]})");
  request.set_channel(0);
  EXPECT_EQ(BodyOf(request), R"({"channel":0,"defaulted":["x","y"]})");
}

TEST(RequestEncoder, BodySaysNullForAZeroThatTheContractCannotTellFromAbsence) {
  test::Numbers request;
  EXPECT_EQ(BodyOf(request), R"({"channel":null})");
  request.set_channel(813);
  EXPECT_EQ(BodyOf(request), R"({"channel":813})");
}

TEST(RequestEncoder, BodyHoldsAnEnumAsANumberWhereTheContractAsksForIt) {
  test::Numbers request;
  request.set_channel(1);
  request.set_digit(test::DIGIT_ZERO);
  EXPECT_EQ(BodyOf(request), R"({"channel":1,"digit":0})");
}

TEST(RequestEncoder, BodyHoldsEveryKindOfValue) {
  test::Body request;
  request.set_text("t");
  request.set_big(-9223372036854775807 - 1);
  request.set_number(1);
  request.set_truth(false);
  request.set_channel(813);
  request.mutable_leaf();
  request.add_leaves()->set_name("n");
  request.add_texts("");
  request.add_texts("z");
  request.add_numbers(9223372036854775807);
  request.add_joined("p");
  request.add_joined("q");
  request.add_defaulted("own");
  request.set_color(test::COLOR_RED);
  EXPECT_EQ(BodyOf(request),
            R"({"text":"t","big":-9223372036854775808,"number":1,"truth":false,"channel":813,"leaf":{},)"
            R"("leaves":[{"name":"n","note":""}],"texts":["","z"],"numbers":[9223372036854775807],)"
            R"("joined":"p,q","defaulted":["own"],"color":"RED"})");
}

TEST(RequestEncoder, NumbersAreShortDecimals) {
  const std::pair<double, std::string> cases[] = {
      {0, "0"},         {1, "1"},           {1.5, "1.5"},
      {0.1, "0.1"},     {100000, "100000"}, {1e20, "100000000000000000000"},
      {-0.25, "-0.25"}, {1e22, "1e+22"},    {1.7976931348623157e308, "1.7976931348623157e+308"}};
  for (const auto& [number, text] : cases) {
    test::Body request;
    request.set_number(number);
    EXPECT_THAT(BodyOf(request), HasSubstr("\"number\":" + text + ",")) << text;
  }
}

TEST(RequestEncoder, TextsAreEscapedAndKeepTheirUtf8) {
  test::Body request;
  request.set_text("\"\\/\b\n\x01\x7F\xE4\xB8\xAD\xF0\x9F\x93\xA6");
  EXPECT_THAT(BodyOf(request), HasSubstr(R"("text":"\"\\/\b\n\u0001)"
                                         "\x7F\xE4\xB8\xAD\xF0\x9F\x93\xA6\""));
}

TEST(RequestEncoder, BindSendsNullForTheChannelOfSelfDeliver) {
  firstmile::v1::BindFirstMileTrackingNumberRequest request;
  request.set_shop_id(1);
  request.set_first_mile_tracking_number("CNF731738838434210105");
  request.set_shipment_method("self_deliver");
  request.set_region("CN");
  request.set_weight(1.5);
  request.add_order_list()->set_order_sn("201214JASXYXY6");
  EXPECT_EQ(BodyOf(request),
            R"({"first_mile_tracking_number":"CNF731738838434210105","shipment_method":"self_deliver",)"
            R"("region":"CN","logistics_channel_id":null,"weight":1.5,)"
            R"("order_list":[{"order_sn":"201214JASXYXY6"}]})");
}

TEST(RequestEncoder, UnbindAllSendsAnEmptyPackageNumber) {
  firstmile::v1::UnbindFirstMileTrackingNumberAllRequest request;
  request.add_order_list()->set_order_sn("A");
  request.add_order_list()->set_package_number("P");
  EXPECT_EQ(BodyOf(request),
            R"({"order_list":[{"order_sn":"A","package_number":""},{"package_number":"P"}]})");
}

TEST(RequestEncoder, MassCallJoinsItsOptionalFieldsInTheBody) {
  firstmile::v1::GetMassTrackingNumberRequest request;
  request.add_package_list()->set_package_number("OFG1");
  request.add_response_optional_fields("plp_number");
  request.add_response_optional_fields("last_mile_tracking_number");
  EXPECT_EQ(BodyOf(request), R"({"package_list":[{"package_number":"OFG1"}],)"
                             R"("response_optional_fields":"plp_number,last_mile_tracking_number"})");
}

TEST(RequestEncoder, UnbindListAsksForEveryOptionalField) {
  firstmile::v1::GetUnbindOrderListRequest request;
  request.set_shop_id(1);
  request.set_page_size(100);
  EXPECT_THAT(QueryOf(request),
              ElementsAre(Pair("page_size", "100"),
                          Pair("response_optional_fields", "logistics_status,package_number")));
}

}  // namespace
}  // namespace firstmile::codec
