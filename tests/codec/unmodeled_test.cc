#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "codec/decode.h"
#include "codec/wire_cases.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"

namespace firstmile::codec {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

Decoded<test::Everything> DecodeEverything(const std::string& body) {
  Decoded<test::Everything> decoded = DecodeBody<test::Everything>(body, test::Empty());
  EXPECT_TRUE(decoded.status.ok()) << decoded.status;
  return decoded;
}

TEST(UnmodeledMembers, ArePassedOnWithTheirPath) {
  const auto decoded = DecodeEverything(
      R"({"trace": 1,"response":{"new":null,"children":[{"name":"a"},{"extra": { "x" : [1] }}],"child":{"n":"v"}}})");
  EXPECT_THAT(decoded.response.header().unmodeled_fields(),
              UnorderedElementsAre(Pair("$.trace", "1"), Pair("new", "null"),
                                   Pair("children[1].extra", R"({"x":[1]})"), Pair("child.n", R"("v")")));
  EXPECT_EQ(decoded.report.unknown_fields, 4U);
}

TEST(UnmodeledMembers, OfATokenAnswerAreMasked) {
  const auto decoded = DecodeEverything(
      R"({"error":"","access_token":"canary","expire_in":14400,"response":{"grants":[{"refresh_token":"canary"}],)"
      R"("label":"https://files.example/1?sign=abc"}})");
  EXPECT_THAT(decoded.response.header().unmodeled_fields(),
              UnorderedElementsAre(Pair("$.access_token", R"("***")"), Pair("$.expire_in", "14400"),
                                   Pair("grants", R"([{"refresh_token":"***"}])"),
                                   Pair("label", R"("https://files.example/1?sign=abc")")));
}

TEST(UnmodeledMembers, NameOneSpellingOfTheContractOnly) {
  EXPECT_EQ(
      DecodeEverything(R"({"response":{"I64":1,"color_raw":"x","request_id":"y"}})").report.unknown_fields,
      3U);
}

TEST(UnmodeledMembers, AreOnlyCountedBeyondTheirNumber) {
  std::string body = R"({"response":{)";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&body, i == 0 ? "" : ",", "\"m", i, "\":", i);
  const auto decoded = DecodeEverything(body + "}}");
  EXPECT_EQ(decoded.response.header().unmodeled_fields_size(), 64);
  EXPECT_EQ(decoded.response.header().unmodeled_fields().at("m63"), "63");
  EXPECT_EQ(decoded.report.unknown_fields, 100U);
}

TEST(UnmodeledMembers, ThatAreNewInEachRowDoNotHideAnOddMemberOfThePage) {
  std::string rows;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&rows, i == 0 ? "" : ",", R"({"order_sn":"A","novelty":1})");
  const auto decoded = DecodeBody<firstmile::v1::GetUnbindOrderListResponse>(
      absl::StrCat(R"({"error":"","response":{"order_list":[)", rows, R"(],"more":"maybe"}})"),
      firstmile::v1::GetUnbindOrderListRequest());
  EXPECT_EQ(decoded.response.header().unmodeled_fields().count("more"), 1U)
      << "a caller that pages looks for it";
  EXPECT_EQ(decoded.report.unknown_fields, 101U);
}

TEST(UnmodeledMembers, AreOnlyCountedBeyondTheirSize) {
  const std::string ten_kib(10 << 10, 'x');
  const auto decoded = DecodeEverything(
      absl::StrCat(R"({"response":{"a":")", ten_kib, R"(","b":")", ten_kib, R"(","c":"small"}})"));
  EXPECT_EQ(decoded.report.unknown_fields, 3U);
  EXPECT_EQ(decoded.response.header().unmodeled_fields_size(), 2);
  EXPECT_EQ(decoded.response.header().unmodeled_fields().count("b"), 0U);
  EXPECT_EQ(decoded.response.header().unmodeled_fields().at("c"), R"("small")");
}

TEST(UnmodeledMembers, AreKeptWithinBoundsOfMegabytes) {
  std::string body = R"({"response":{"m":1)";
  while (body.size() < (std::size_t{4} << 20))
    absl::StrAppend(&body, ",\"", std::string(20 << 10, 'n'), "\":{}");
  while (body.size() < (std::size_t{8} << 20) - 100) body += ",\"\":[]";
  const auto decoded = DecodeEverything(body + "}}");
  EXPECT_GT(decoded.report.unknown_fields, 500'000U);
  EXPECT_LE(decoded.response.header().unmodeled_fields_size(), 64);
  EXPECT_LT(decoded.response.ByteSizeLong(), 20U << 10);
}

TEST(UnmodeledMembers, AreNoneInADocumentedAnswer) {
  EXPECT_THAT(
      DecodeEverything(R"({"request_id":"r","error":"","message":"","msg":"","warning":null,"response":{}})")
          .response.header()
          .unmodeled_fields(),
      IsEmpty());
}

}  // namespace
}  // namespace firstmile::codec
