#include "codec/response_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "codec/decode.h"
#include "codec/wire_cases.pb.h"
#include "firstmile/v1/first_mile_numbers.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"
#include "firstmile/v1/logistics_tracking.pb.h"
#include "firstmile/v1/merchant_shops.pb.h"

namespace firstmile::codec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// `payload` is the inside of the object `response`.
Decoded<test::Everything> DecodePayload(const std::string& payload) {
  return DecodeBody<test::Everything>(R"({"error":"","response":{)" + payload + "}}", test::Empty());
}

test::Everything Read(const std::string& payload) {
  const Decoded<test::Everything> decoded = DecodePayload(payload);
  EXPECT_TRUE(decoded.status.ok()) << payload << ": " << decoded.status;
  EXPECT_EQ(decoded.report.unknown_fields, 0U) << payload;
  return decoded.response;
}

std::string ErrorOf(const std::string& payload) {
  const absl::Status status = DecodePayload(payload).status;
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << payload;
  return std::string(status.message());
}

TEST(ResponseDecoder, FillsTheEnvelope) {
  const auto decoded = DecodeBody<test::Everything>(
      R"({"request_id":"r1","error":"","message":"success","warning":["w"],"response":{"i64":1}})",
      test::Empty());
  ASSERT_TRUE(decoded.status.ok());
  EXPECT_EQ(decoded.response.header().request_id(), "r1");
  EXPECT_EQ(decoded.response.header().message(), "success");
  ASSERT_EQ(decoded.response.header().warnings_size(), 1);
  EXPECT_EQ(decoded.response.header().warnings(0).text(), "w");
  EXPECT_EQ(decoded.response.i64(), 1);
}

TEST(ResponseDecoder, AcceptsInt64AsString) {
  EXPECT_EQ(Read(R"("i64":"9223372036854775807")").i64(), 9223372036854775807);
  EXPECT_EQ(Read(R"("i64":" -5\t")").i64(), -5);
}

TEST(ResponseDecoder, ReadsSecondsAsTimes) {
  EXPECT_EQ(Read(R"("time":1655714431)").time().seconds(), 1655714431);
  EXPECT_EQ(Read(R"("time":"1655714431")").time().seconds(), 1655714431);
  EXPECT_EQ(Read(R"("times":[1,2])").times_size(), 2);
  for (const char* none : {"0", "null", "\"\"", "\"-\""}) {
    EXPECT_FALSE(Read(absl::StrCat("\"time\":", none)).has_time()) << none;
  }
  for (const char* beyond : {"-1", "253402300800"}) {
    const auto decoded = DecodePayload(absl::StrCat("\"time\":", beyond));
    EXPECT_FALSE(decoded.response.has_time()) << beyond;
    EXPECT_EQ(decoded.response.header().unmodeled_fields().at("time"), beyond);
  }
}

TEST(ResponseDecoder, AcceptsNumbersAsText) {
  EXPECT_EQ(Read(R"("number":"2.5")").number(), 2.5);
  EXPECT_EQ(Read(R"("fraction":"0.5")").fraction(), 0.5F);
  EXPECT_EQ(Read(R"("i32":"12.0")").i32(), 12);
}

TEST(ResponseDecoder, AcceptsFloatsWithAnIntegralValueForIntegers) {
  EXPECT_EQ(Read(R"("i64":12.0)").i64(), 12);
  EXPECT_EQ(Read(R"("i64":1e3)").i64(), 1000);
  EXPECT_EQ(Read(R"("u32":7.0)").u32(), 7U);
}

TEST(ResponseDecoder, AcceptsNumbersForTexts) {
  EXPECT_EQ(Read(R"("text":123)").text(), "123");
  EXPECT_EQ(Read(R"("text":1.5)").text(), "1.5");
  EXPECT_EQ(Read(R"("text":18446744073709551615)").text(), "18446744073709551615");
  EXPECT_EQ(Read(R"("text":123456789012345678901234567890)").text(), "123456789012345678901234567890");
  EXPECT_EQ(Read(R"("text":true)").text(), "true");
}

TEST(ResponseDecoder, AcceptsTruthValuesOfEveryKind) {
  for (const char* yes : {"true", "1", R"("true")", R"("1")", R"("TRUE")", "1.0"}) {
    EXPECT_TRUE(Read(std::string(R"("truth":)") + yes).truth()) << yes;
  }
  for (const char* no : {"false", "0", R"("false")", R"("0")", "null", R"("")"}) {
    EXPECT_FALSE(Read(std::string(R"("truth":)") + no).truth()) << no;
  }
}

TEST(ResponseDecoder, TakesNullAndEmptyForAbsent) {
  for (const char* nothing : {"null", R"("")", R"(" \t")", R"("-")", "[]", "{}"}) {
    const std::string value = nothing;
    test::Everything read =
        Read(R"("i64":)" + value + R"(,"optional_i64":)" + value + R"(,"number":)" + value + R"(,"text":)" +
             value + R"(,"color":)" + value + R"(,"texts":)" + value + R"(,"children":)" + value);
    read.clear_header();
    EXPECT_EQ(read.ByteSizeLong(), 0U) << nothing << ": " << read.ShortDebugString();
  }
}

TEST(ResponseDecoder, DistinguishesZeroFromAbsentWhereTheContractDoes) {
  EXPECT_FALSE(Read(R"("i64":0)").has_optional_i64());
  EXPECT_TRUE(Read(R"("optional_i64":0)").has_optional_i64());
  EXPECT_TRUE(Read(R"("optional_i64":"0")").has_optional_i64());
}

TEST(ResponseDecoder, TakesAnEmptyListForAnAbsentObject) {
  for (const char* nothing : {"[]", R"("")", "null"}) {
    EXPECT_FALSE(Read(std::string(R"("child":)") + nothing).has_child()) << nothing;
  }
  EXPECT_TRUE(Read(R"("child":{})").has_child());
}

TEST(ResponseDecoder, TakesOneObjectForAListOfOne) {
  const test::Everything read = Read(R"("children":{"name":"only"})");
  ASSERT_EQ(read.children_size(), 1);
  EXPECT_EQ(read.children(0).name(), "only");
  EXPECT_THAT(Read(R"("texts":"one")").texts(), ElementsAre("one"));
  EXPECT_THAT(Read(R"("numbers":5)").numbers(), ElementsAre(5));
}

TEST(ResponseDecoder, TellsAnEmptyMemberFromAMissingOneWhereTheContractAsksForIt) {
  for (const char* present : {R"(["a"])", "[]", "{}", R"("a")"}) {
    EXPECT_TRUE(Read(absl::StrCat(R"("fields":)", present)).has_fields()) << present;
  }
  for (const char* missing : {"null", R"("")", R"("-")"}) {
    EXPECT_FALSE(Read(absl::StrCat(R"("fields":)", missing)).has_fields()) << missing;
  }
  EXPECT_FALSE(Read(R"("i64":1)").has_fields());
  EXPECT_THAT(Read(R"("fields":["a","b"])").fields(), ElementsAre("a", "b"));
}

TEST(ResponseDecoder, SkipsNothingsInsideLists) {
  EXPECT_THAT(Read(R"("texts":["a",null,"","-","b"])").texts(), ElementsAre("a", "b"));
  EXPECT_EQ(Read(R"("children":[null,{"name":"a"}])").children_size(), 1);
}

TEST(ResponseDecoder, KeepsObjectsAndListsForATextAsCompactJson) {
  EXPECT_EQ(Read(R"("text": { "a" : [ 1, "x\"y" ] })").text(), R"({"a":[1,"x\"y"]})");
  EXPECT_EQ(Read(R"("text": [ 1, null ])").text(), "[1,null]");
}

TEST(ResponseDecoder, TrimsTexts) {
  EXPECT_EQ(Read(R"("text":" SF123\t\n")").text(), "SF123");
  EXPECT_EQ(Read("\"text\":\"raw tab\t\"").text(), "raw tab");
  EXPECT_EQ(Read(R"("text":"a-b")").text(), "a-b");
}

TEST(ResponseDecoder, ReadsNestedMessages) {
  const test::Everything read = Read(R"("child":{"name":"a","child":{"size":"5","child":{}}})");
  EXPECT_EQ(read.child().child().size(), 5);
  EXPECT_TRUE(read.child().child().has_child());
}

TEST(ResponseDecoder, KeepsTheLastOfDuplicateMembers) {
  const test::Everything read =
      Read(R"("i64":1,"i64":2,"texts":["a"],"texts":["b"],"child":{"name":"x"},"child":{"size":3})");
  EXPECT_EQ(read.i64(), 2);
  EXPECT_THAT(read.texts(), ElementsAre("b"));
  EXPECT_EQ(read.child().name(), "");
  EXPECT_EQ(read.child().size(), 3);
}

TEST(ResponseDecoder, ReadsAFieldUnderEachOfItsNames) {
  for (const char* name : {"misspelt", "mispelt", "misspellt"}) {
    EXPECT_THAT(Read(absl::StrCat("\"", name, "\":[\"a\"]")).misspelt(), ElementsAre("a")) << name;
  }
}

TEST(ResponseDecoder, AnEmptyListUnderOneNameTakesNothingFromAnother) {
  EXPECT_THAT(Read(R"("misspelt":["a"],"mispelt":[])").misspelt(), ElementsAre("a"));
  EXPECT_THAT(Read(R"("misspelt":[],"mispelt":["a"])").misspelt(), ElementsAre("a"));
}

TEST(ResponseDecoder, ReadsEnumsByTheirTextsInAnyCase) {
  EXPECT_EQ(Read(R"("color":"RED")").color(), test::COLOR_RED);
  EXPECT_EQ(Read(R"("color":"red")").color(), test::COLOR_RED);
  EXPECT_EQ(Read(R"("color":"Azure")").color(), test::COLOR_BLUE);
  EXPECT_EQ(Read(R"("color":"navy")").color(), test::COLOR_BLUE);
  EXPECT_THAT(Read(R"("colors":["red","navy"])").colors(), ElementsAre(test::COLOR_RED, test::COLOR_BLUE));
}

TEST(ResponseDecoder, KeepsTheRawTextOfAnEnum) {
  EXPECT_EQ(Read(R"("color":"azure")").color_raw(), "azure");
  const Decoded<test::Everything> decoded = DecodePayload(R"("color":"MAUVE")");
  ASSERT_TRUE(decoded.status.ok());
  EXPECT_EQ(decoded.response.color(), test::COLOR_UNSPECIFIED);
  EXPECT_EQ(decoded.response.color_raw(), "MAUVE");
  EXPECT_EQ(decoded.report.unknown_enum_values, 1U);
}

TEST(ResponseDecoder, DoesNotKnowTheNameUnspecified) {
  EXPECT_EQ(DecodePayload(R"("color":"UNSPECIFIED")").report.unknown_enum_values, 1U);
  EXPECT_EQ(DecodePayload(R"("color":"blue")").report.unknown_enum_values, 1U);  // its text is azure
}

TEST(ResponseDecoder, RefusesATextThatNoCallerCouldTake) {
  const auto with_text = [](std::size_t bytes) { return "\"text\":\"" + std::string(bytes, 'n') + "\""; };
  EXPECT_TRUE(DecodePayload(with_text(1 << 20)).status.ok());
  EXPECT_THAT(ErrorOf(with_text((1 << 20) + 1)),
              StartsWith("$.response.text: expected a text of at most 1048576 bytes"));
}

TEST(ResponseDecoder, NamesThePathOfAListThatIsNone) {
  EXPECT_EQ(ErrorOf(R"("children":"x")"), "$.response.children: expected a list, got a text that is not one");
  EXPECT_THAT(ErrorOf(R"("children":true)"), StartsWith("$.response.children: expected a list"));
}

TEST(ResponseDecoder, NeverPutsAValueIntoAnError) {
  EXPECT_THAT(ErrorOf(R"("children":"secret-token")"), ::testing::Not(HasSubstr("secret")));
}

TEST(OddValues, ArePassedOnAndTheRestIsKept) {
  const struct {
    const char* payload;
    const char* path;
    const char* value;
  } kOdd[] = {
      {R"("i64":"abc")", "i64", R"("abc")"},
      {R"("i64":{"a":1})", "i64", R"({"a":1})"},
      {R"("truth":2)", "truth", "2"},
      {R"("truth":"maybe")", "truth", R"("maybe")"},
      {R"("number":"many")", "number", R"("many")"},
      {R"("child":"x")", "child", R"("x")"},
      {R"("numbers":[1,2,{"a":1}])", "numbers[2]", R"({"a":1})"},
      {R"("children":["x",{}])", "children[0]", R"("x")"},
      {R"("children":[{},{"child":{"size":[1]}}])", "children[1].child.size", "[1]"},
      {R"("time":"soon")", "time", R"("soon")"},
      {R"("time":{"s":1})", "time", R"({"s":1})"},
      {R"("time":1655714431000)", "time", "1655714431000"},
  };
  for (const auto& odd : kOdd) {
    const auto decoded = DecodePayload(absl::StrCat(odd.payload, R"(,"text":"kept")"));
    ASSERT_TRUE(decoded.status.ok()) << odd.payload << ": " << decoded.status;
    EXPECT_EQ(decoded.response.text(), "kept");
    EXPECT_THAT(decoded.response.header().unmodeled_fields(),
                ElementsAre(::testing::Pair(odd.path, odd.value)));
    EXPECT_EQ(decoded.report.odd_values, 1U) << odd.payload;
    EXPECT_EQ(decoded.report.unknown_fields, 1U) << odd.payload;
  }
}

TEST(OddValues, AreNumbersBeyondTheRangeOfTheirField) {
  for (const char* value : {"9223372036854775808", R"("9223372036854775808")", "1e19", "1.5", R"("1.5")",
                            "-9223372036854775809"}) {
    const auto decoded = DecodePayload(absl::StrCat(R"("i64":)", value));
    EXPECT_TRUE(decoded.status.ok()) << value;
    EXPECT_EQ(decoded.response.i64(), 0) << value;
    EXPECT_EQ(decoded.report.odd_values, 1U) << value;
  }
  EXPECT_EQ(DecodePayload(R"("i32":2147483648)").report.odd_values, 1U);
  EXPECT_EQ(DecodePayload(R"("u32":-1)").report.odd_values, 1U);
  EXPECT_EQ(Read(R"("i32":-2147483648)").i32(), -2147483648);
  EXPECT_EQ(Read(R"("u32":4294967295)").u32(), 4294967295U);
}

TEST(OddValues, DoNotHideAPage) {
  const auto decoded = DecodeBody<firstmile::v1::GetUnbindOrderListResponse>(
      R"({"error":"","response":{"more":"maybe","order_list":[{"order_sn":"A1","package_number":"P1"},17]}})",
      firstmile::v1::GetUnbindOrderListRequest());
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  ASSERT_EQ(decoded.response.order_list_size(), 1);
  EXPECT_EQ(decoded.response.order_list(0).order_sn(), "A1");
  EXPECT_EQ(decoded.response.header().unmodeled_fields().at("more"), R"("maybe")");
  EXPECT_EQ(decoded.response.header().unmodeled_fields().at("order_list[1]"), "17");
}

TEST(OddValues, InsteadOfARowsOwnRowsHideNeitherItNorTheOthers) {
  const auto decoded = DecodeBody<firstmile::v1::GetShopListByMerchantResponse>(
      R"({"error":"","shop_list":[{"shop_id":1,"sip_affi_shops":"none"},{"shop_id":2}],"more":false})",
      firstmile::v1::GetShopListByMerchantRequest(), firstmile::mapping::PAYLOAD_KIND_TOP_LEVEL);
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  EXPECT_EQ(decoded.response.shop_list_size(), 2);
  EXPECT_EQ(decoded.response.header().unmodeled_fields().at("shop_list[0].sip_affi_shops"), R"("none")");
}

TEST(ResponseDecoder, RecognizesAResponseWithoutContent) {
  using firstmile::v1::GenerateFirstMileTrackingNumberRequest;
  using firstmile::v1::GenerateFirstMileTrackingNumberResponse;
  const auto decoder = ResponseDecoder::Compile(*GenerateFirstMileTrackingNumberRequest::descriptor(),
                                                *GenerateFirstMileTrackingNumberResponse::descriptor(),
                                                firstmile::mapping::PAYLOAD_KIND_RESPONSE);
  ASSERT_TRUE(decoder.ok());
  GenerateFirstMileTrackingNumberResponse response;
  EXPECT_TRUE(decoder->HasNoContent(response));
  response.mutable_header()->set_request_id("r");
  EXPECT_TRUE(decoder->HasNoContent(response));
  response.add_first_mile_tracking_number_list("CNF1");
  EXPECT_FALSE(decoder->HasNoContent(response));
}

TEST(ResponseDecoder, ReadsAnEmptyPayloadWhereResponseIsMissing) {
  for (const char* body :
       {R"({"error":""})", R"({"response":null})", R"({"response":""})", R"({"response":[]})"}) {
    auto decoded = DecodeBody<test::Everything>(body, test::Empty());
    EXPECT_TRUE(decoded.status.ok()) << body;
    decoded.response.clear_header();
    EXPECT_EQ(decoded.response.ByteSizeLong(), 0U) << body;
  }
}

TEST(ResponseDecoder, ReadsAPayloadWhoseNameIsMisspelt) {
  const auto decoded = DecodeBody<test::Everything>(R"({"error":"","repsonse":{"i64":1}})", test::Empty());
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  EXPECT_EQ(decoded.response.i64(), 1);
  EXPECT_EQ(decoded.report.unknown_fields, 0U);
}

TEST(ResponseDecoder, RefusesAResponseOfAnotherKind) {
  const auto decoded = DecodeBody<test::Everything>(R"({"response":"text"})", test::Empty());
  EXPECT_THAT(std::string(decoded.status.message()), StartsWith("$.response: expected an object"));
}

TEST(ResponseDecoder, RefusesABodyThatIsNoJson) {
  const auto decoded = DecodeBody<test::Everything>("<html>", test::Empty());
  EXPECT_EQ(decoded.status.code(), absl::StatusCode::kInternal);
}

TEST(ResponseDecoder, ReadsAPayloadAtTopLevelAndAWrappedOneToo) {
  for (const char* body :
       {R"({"error":"","message":"m","i64":4})", R"({"message":"m","response":{"i64":4}})"}) {
    const auto decoded =
        DecodeBody<test::Everything>(body, test::Empty(), firstmile::mapping::PAYLOAD_KIND_TOP_LEVEL);
    ASSERT_TRUE(decoded.status.ok()) << body;
    EXPECT_EQ(decoded.response.i64(), 4) << body;
    EXPECT_EQ(decoded.response.header().message(), "m") << body;
    EXPECT_EQ(decoded.report.unknown_fields, 0U) << body;
  }
  const auto wrong = DecodeBody<test::Everything>(R"({"children":"x"})", test::Empty(),
                                                  firstmile::mapping::PAYLOAD_KIND_TOP_LEVEL);
  EXPECT_THAT(std::string(wrong.status.message()), StartsWith("$.children:"));
}

TEST(ResponseDecoder, FillsAFile) {
  using firstmile::v1::GetWaybillRequest;
  using firstmile::v1::GetWaybillResponse;
  const auto decoder =
      ResponseDecoder::Compile(*GetWaybillRequest::descriptor(), *GetWaybillResponse::descriptor(),
                               firstmile::mapping::PAYLOAD_KIND_FILE);
  ASSERT_TRUE(decoder.ok());
  GetWaybillResponse response;
  decoder->DecodeFile(std::string("%PDF\0\xFF", 6), " application/pdf ", &response);
  EXPECT_EQ(response.waybill(), std::string("%PDF\0\xFF", 6));
  EXPECT_EQ(response.content_type(), "application/pdf");
}

TEST(ResponseDecoder, ReadsAPageOfUnboundOrders) {
  const auto decoded = DecodeBody<firstmile::v1::GetUnbindOrderListResponse>(
      R"({"request_id":"r","error":"","message":"","response":{"more":true,"next_cursor":"10","order_list":[)"
      R"({"order_sn":"201214JASXYXY6","package_number":"-","logistics_status":"LOGISTICS_REQUEST_CREATED"},)"
      R"({"order_sn":"201214JAXU6GJ1","logistics_status":"LOGISTICS_SOMETHING_NEW"}]}})",
      firstmile::v1::GetUnbindOrderListRequest());
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  EXPECT_TRUE(decoded.response.more());
  EXPECT_EQ(decoded.response.next_cursor(), "10");
  ASSERT_EQ(decoded.response.order_list_size(), 2);
  EXPECT_EQ(decoded.response.order_list(0).package_number(), "");
  EXPECT_EQ(decoded.response.order_list(0).logistics_status(),
            firstmile::v1::LOGISTICS_STATUS_REQUEST_CREATED);
  EXPECT_EQ(decoded.response.order_list(1).logistics_status(), firstmile::v1::LOGISTICS_STATUS_UNSPECIFIED);
  EXPECT_EQ(decoded.response.order_list(1).logistics_status_raw(), "LOGISTICS_SOMETHING_NEW");
  EXPECT_EQ(decoded.report.unknown_enum_values, 1U);
  EXPECT_THAT(decoded.response.header().unmodeled_fields(), IsEmpty());
}

TEST(ResponseDecoder, ReadsABoundedNumberOfListElements) {
  const auto list = [](int elements) {
    std::string json = "{}";
    for (int i = 1; i < elements; ++i) json += ",{}";
    return "[" + json + "]";
  };
  const auto half =
      DecodeBody<test::Everything>(R"({"response":{"children":)" + list(100'000) + "}}", test::Empty());
  EXPECT_TRUE(half.status.ok()) << half.status;
  // Also when they are spread over lists, and when the same list is repeated.
  for (const char* second : {"children", "texts"}) {
    const auto decoded = DecodeBody<test::Everything>(
        R"({"response":{"children":)" + list(60'000) + ",\"" + second + "\":" + list(60'000) + "}}",
        test::Empty());
    EXPECT_EQ(decoded.status.message(),
              absl::StrCat("$.response.", second, ": more than 100000 list elements in one answer"));
  }
}

}  // namespace
}  // namespace firstmile::codec
