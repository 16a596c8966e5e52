#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codec/decode.h"
#include "codec/echoes.h"
#include "firstmile/v1/first_mile_courier.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"
#include "firstmile/v1/logistics_tracking.pb.h"

namespace firstmile::codec {
namespace {

using firstmile::v1::BindFirstMileTrackingNumberRequest;
using firstmile::v1::BindFirstMileTrackingNumberResponse;
using firstmile::v1::OrderOutcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

struct Key {
  std::string order_sn;
  std::string package_number;
};

BindFirstMileTrackingNumberRequest Asking(const std::vector<Key>& keys) {
  BindFirstMileTrackingNumberRequest request;
  for (const Key& key : keys) {
    firstmile::v1::OrderKey* order = request.add_order_list();
    order->set_order_sn(key.order_sn);
    order->set_package_number(key.package_number);
  }
  return request;
}

// "order/package STATE", a short form to compare whole answers.
std::string Line(const OrderOutcome& outcome) {
  return outcome.order_sn() + "/" + outcome.package_number() + " " +
         firstmile::v1::OutcomeState_Name(outcome.state()).substr(std::string("OUTCOME_STATE_").size());
}

// `payload` is the inside of the object `response`.
std::vector<std::string> Lines(const std::vector<Key>& keys, const std::string& payload,
                               const std::string& error = "") {
  const auto decoded = DecodeBody<BindFirstMileTrackingNumberResponse>(
      R"({"error":")" + error + R"(","response":{)" + payload + "}}", Asking(keys));
  EXPECT_TRUE(decoded.status.ok()) << decoded.status;
  std::vector<std::string> lines;
  for (const OrderOutcome& outcome : decoded.response.outcomes()) lines.push_back(Line(outcome));
  return lines;
}

TEST(BatchOutcomes, ReadsABoundedNumberOfOutcomes) {
  std::string list = R"("order_list":["A")";
  for (int i = 0; i < 1000; ++i) list += ",\"B\"";
  const auto decoded =
      DecodeBody<BindFirstMileTrackingNumberResponse>(R"({"response":{)" + list + "]}}", Asking({{"A", ""}}));
  EXPECT_EQ(decoded.status.message(), "$.response.order_list[1000]: more than 1000 outcomes in one answer");
}

TEST(BatchOutcomes, ReadsResultsWithInlineErrorsInTheOrderOfTheRequest) {
  for (const char* list : {"order_list", "result_list"}) {
    EXPECT_THAT(
        Lines({{"A", ""}, {"B", ""}},
              std::string("\"") + list +
                  R"(":[{"order_sn":"B","fail_error":"firstmile.x","fail_message":"no"},{"order_sn":"A"}])"),
        ElementsAre("A/ SUCCEEDED", "B/ FAILED"))
        << list;
  }
}

TEST(BatchOutcomes, ReadsListsOfSuccessesAndFailures) {
  EXPECT_THAT(Lines({{"A", ""}, {"B", "P"}},
                    R"("success_list":[{"order_sn":"B","package_number":"P"}],)"
                    R"("fail_list":[{"order_sn":"A","package_number":null,"fail_error":"e"}])"),
              ElementsAre("A/ FAILED", "B/P SUCCEEDED"));
}

TEST(BatchOutcomes, ReadsEmptyListsOfAnyShape) {
  for (const char* nothing : {"[]", "{}", "null", R"("")"}) {
    EXPECT_THAT(
        Lines({{"A", ""}}, std::string(R"("success_list":[{"order_sn":"A"}],"fail_list":)") + nothing),
        ElementsAre("A/ SUCCEEDED"))
        << nothing;
  }
}

TEST(BatchOutcomes, KeepsTheErrorsOfAnElement) {
  const auto decoded = DecodeBody<BindFirstMileTrackingNumberResponse>(
      R"({"response":{"first_mile_tracking_number":"CNF1","order_list":[{"order_sn":"A","package_number":"",)"
      R"("fail_error":"firstmile.package_has_bind","fail_message":" bound "}]}})",
      Asking({{"A", ""}}));
  ASSERT_EQ(decoded.response.outcomes_size(), 1);
  EXPECT_EQ(decoded.response.first_mile_tracking_number(), "CNF1");
  const firstmile::v1::Failure& failure = decoded.response.outcomes(0).failure();
  EXPECT_EQ(failure.vendor_code(), "firstmile.package_has_bind");
  EXPECT_EQ(failure.vendor_message(), "bound");
  EXPECT_EQ(failure.code(), firstmile::v1::CANONICAL_CODE_FAILED_PRECONDITION);
  EXPECT_EQ(failure.reason(), firstmile::v1::ERROR_REASON_WRONG_STATE);
  EXPECT_NE(failure.remedy(), "");
  EXPECT_EQ(decoded.report.unknown_fields, 0U);
}

TEST(BatchOutcomes, KeepsWhatASuccessBrings) {
  firstmile::v1::UnbindFirstMileTrackingNumberAllRequest request;
  request.add_order_list()->set_order_sn("A");
  const auto decoded = DecodeBody<firstmile::v1::UnbindFirstMileTrackingNumberAllResponse>(
      R"({"response":{"success_list":[{"order_sn":"A","binding_id":"DCN1","first_mile_tracking_number":""}]}})",
      request);
  ASSERT_EQ(decoded.response.outcomes_size(), 1);
  EXPECT_EQ(decoded.response.outcomes(0).binding_id(), "DCN1");
}

TEST(BatchOutcomes, ReadsTheMassCallWithItsReason) {
  firstmile::v1::GetMassTrackingNumberRequest request;
  for (const char* package : {"P1", "P2", "P3"}) request.add_package_list()->set_package_number(package);
  const auto decoded = DecodeBody<firstmile::v1::GetMassTrackingNumberResponse>(
      R"({"response":{"success_list":[{"package_number":"P2","tracking_number":"T2","hint":""}],)"
      R"("fail_list":[{"package_number":"P1","fail_reason":"not yours"}]}})",
      request);
  ASSERT_TRUE(decoded.status.ok());
  ASSERT_EQ(decoded.response.outcomes_size(), 3);
  EXPECT_EQ(decoded.response.outcomes(0).failure().vendor_message(), "not yours");
  EXPECT_EQ(decoded.response.outcomes(0).failure().reason(), firstmile::v1::ERROR_REASON_UPSTREAM_ERROR);
  EXPECT_FALSE(decoded.response.outcomes(1).has_failure());
  EXPECT_EQ(decoded.response.outcomes(0).state(), firstmile::v1::OUTCOME_STATE_FAILED);
  EXPECT_EQ(decoded.response.outcomes(1).tracking_number(), "T2");
  EXPECT_EQ(decoded.response.outcomes(1).state(), firstmile::v1::OUTCOME_STATE_SUCCEEDED);
  EXPECT_EQ(decoded.response.outcomes(2).package_number(), "P3");
  EXPECT_EQ(decoded.response.outcomes(2).state(), firstmile::v1::OUTCOME_STATE_UNREPORTED);
}

TEST(BatchOutcomes, ATextOfAMassCallHasTheReasonThatASingleCallGivesWithIt) {
  firstmile::v1::GetMassTrackingNumberRequest request;
  request.add_package_list()->set_package_number("P1");
  const auto decoded = DecodeBody<firstmile::v1::GetMassTrackingNumberResponse>(
      R"({"response":{"fail_list":[{"package_number":"P1","fail_reason":"The package is not exist."}]}})",
      request);
  EXPECT_EQ(decoded.response.outcomes(0).failure().reason(), firstmile::v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(decoded.response.outcomes(0).failure().vendor_code(), "");
}

TEST(BatchOutcomes, TakesEitherNameOfTheText) {
  const auto decoded = DecodeBody<BindFirstMileTrackingNumberResponse>(
      R"({"response":{"order_list":[{"order_sn":"A","fail_reason":"why"}]}})", Asking({{"A", ""}}));
  ASSERT_EQ(decoded.response.outcomes_size(), 1);
  EXPECT_EQ(decoded.response.outcomes(0).failure().vendor_message(), "why");
  EXPECT_EQ(decoded.response.outcomes(0).state(), firstmile::v1::OUTCOME_STATE_FAILED);
}

TEST(BatchOutcomes, AllFailedIsDecodedWithItsCode) {
  const auto decoded = DecodeBody<BindFirstMileTrackingNumberResponse>(
      R"({"error":"firstmile.batch_api_all_failed","message":"All failed","response":{"order_list":[)"
      R"({"order_sn":"A","fail_error":"e"},{"order_sn":"B"}]}})",
      Asking({{"A", ""}, {"B", ""}, {"C", ""}}));
  ASSERT_TRUE(decoded.status.ok());
  EXPECT_EQ(decoded.response.error(), "firstmile.batch_api_all_failed");
  ASSERT_EQ(decoded.response.outcomes_size(), 3);
  EXPECT_EQ(Line(decoded.response.outcomes(0)), "A/ FAILED");
  EXPECT_EQ(Line(decoded.response.outcomes(1)), "B/ FAILED");
  EXPECT_EQ(Line(decoded.response.outcomes(2)), "C/ FAILED");  // not mentioned, although every element failed
}

TEST(BatchOutcomes, AMissingPayloadLeavesEveryElementUnreported) {
  const auto decoded =
      DecodeBody<BindFirstMileTrackingNumberResponse>(R"({"error":""})", Asking({{"A", "P"}}));
  ASSERT_EQ(decoded.response.outcomes_size(), 1);
  EXPECT_EQ(Line(decoded.response.outcomes(0)), "A/P UNREPORTED");
}

TEST(BatchOutcomes, TakesEverySpellingOfNoPackageForTheSame) {
  for (const char* none :
       {R"(,"package_number":"")", R"(,"package_number":null)", R"(,"package_number":"-")", ""}) {
    EXPECT_THAT(
        Lines({{"A", ""}, {"A", "P"}},
              std::string(R"("order_list":[{"order_sn":"A","package_number":"P","fail_error":"e"},)") +
                  R"({"order_sn":"A")" + none + "}]"),
        ElementsAre("A/ SUCCEEDED", "A/P FAILED"))
        << none;
  }
  EXPECT_THAT(Lines({{"A", "-"}}, R"("order_list":[{"order_sn":"A"}])"), ElementsAre("A/ SUCCEEDED"));
}

TEST(BatchOutcomes, MatchesAnAnswerWithoutPackageByItsOrderAlone) {
  EXPECT_THAT(Lines({{"A", "P"}, {"B", "Q"}}, R"("order_list":[{"order_sn":"B"},{"order_sn":"A"}])"),
              ElementsAre("A/P SUCCEEDED", "B/Q SUCCEEDED"));
}

TEST(BatchOutcomes, MatchesARequestWithoutPackageByItsOrderAlone) {
  EXPECT_THAT(Lines({{"A", ""}}, R"("order_list":[{"order_sn":"A","package_number":"OFG1"}])"),
              ElementsAre("A/OFG1 SUCCEEDED"));
}

TEST(BatchOutcomes, DoesNotGuessBetweenTwoPackagesOfAnOrder) {
  EXPECT_THAT(Lines({{"A", "P"}, {"A", "Q"}}, R"("order_list":[{"order_sn":"A"}])"),
              ElementsAre("A/P UNREPORTED", "A/Q UNREPORTED"));
}

TEST(BatchOutcomes, RowsWithoutAPackageThatEndAlikeCoverAllPackagesOfTheirOrder) {
  EXPECT_THAT(Lines({{"A", "P"}, {"A", "Q"}}, R"("order_list":[{"order_sn":"A"},{"order_sn":"A"}])"),
              ElementsAre("A/P SUCCEEDED", "A/Q SUCCEEDED"));
  EXPECT_THAT(Lines({{"A", "P"}, {"A", "Q"}},
                    R"("order_list":[{"order_sn":"A","fail_error":"e"},{"order_sn":"A","fail_error":"f"}])"),
              ElementsAre("A/P FAILED", "A/Q FAILED"));
  EXPECT_THAT(Lines({{"A", ""}, {"A", "P"}}, R"("success_list":["A","A"])"),
              ElementsAre("A/ SUCCEEDED", "A/P SUCCEEDED"));
}

TEST(BatchOutcomes, AFailureThatMayBeOfEitherPackageIsReportedWithBothUnreported) {
  const auto decoded = DecodeBody<BindFirstMileTrackingNumberResponse>(
      R"({"response":{"order_list":[{"order_sn":"A"},{"order_sn":"A","fail_error":"e"}]}})",
      Asking({{"A", "P"}, {"A", "Q"}}));
  ASSERT_EQ(decoded.response.outcomes_size(), 2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(decoded.response.outcomes(i).state(), v1::OUTCOME_STATE_UNREPORTED);
    EXPECT_EQ(decoded.response.outcomes(i).failure().vendor_code(), "e");
  }
  EXPECT_EQ(decoded.response.outcomes(0).package_number(), "P");
}

TEST(BatchOutcomes, RowsOfOneElementThatContradictEachOtherAreInconclusive) {
  EXPECT_THAT(Lines({{"A", "P"}, {"B", ""}},
                    R"("order_list":[{"order_sn":"A","package_number":"P"},{"order_sn":"B"},)"
                    R"({"order_sn":"A","package_number":"P","fail_error":"e"}])"),
              ElementsAre("A/P UNREPORTED", "B/ SUCCEEDED"));
}

TEST(BatchOutcomes, ARepeatedRowCountsOnceForItsElement) {
  EXPECT_THAT(Lines({{"A", "P"}}, R"("order_list":[{"order_sn":"A"},{"order_sn":"A"}])"),
              ElementsAre("A/P SUCCEEDED"));
  EXPECT_THAT(Lines({{"A", "P"}}, R"("order_list":[{"order_sn":"A","package_number":"P"},)"
                                  R"({"order_sn":"A","package_number":"P"}])"),
              ElementsAre("A/P SUCCEEDED"));
}

TEST(BatchOutcomes, TakesTheLastPackageThatIsLeft) {
  EXPECT_THAT(
      Lines({{"A", "P"}, {"A", "Q"}},
            R"("order_list":[{"order_sn":"A","fail_error":"e"},{"order_sn":"A","package_number":"Q"}])"),
      ElementsAre("A/P FAILED", "A/Q SUCCEEDED"));
}

TEST(BatchOutcomes, NeverMatchesAnotherPackage) {
  EXPECT_THAT(Lines({{"A", "P"}}, R"("order_list":[{"order_sn":"A","package_number":"Z"}])"),
              ElementsAre("A/P UNREPORTED", "A/Z SUCCEEDED"));
}

TEST(BatchOutcomes, ARowAboutWhatWasNotAskedForMakesTheAnswerAnothers) {
  for (const char* payload :
       {R"("success_list":[{"order_sn":"X"}],"fail_list":{"order_sn":"A"})", R"("order_list":["Y"])",
        R"("order_list":[{"order_sn":"A"},{"order_sn":"X","package_number":"P"}])"}) {
    const auto decoded = DecodeBody<BindFirstMileTrackingNumberResponse>(
        absl::StrCat(R"({"error":"","response":{)", payload, "}}"), Asking({{"A", "P"}}));
    EXPECT_TRUE(IsAboutAnother(decoded.status)) << payload << ": " << decoded.status;
    EXPECT_THAT(std::string(decoded.status.message()), Not(HasSubstr("X"))) << "another shop's order";
  }
}

TEST(BatchOutcomes, ARowThatNamesNoOrderIsPassedOn) {
  EXPECT_THAT(Lines({{"A", ""}}, R"("order_list":[{"order_sn":"A"},{"order_sn":"-","package_number":"P"}])"),
              ElementsAre("A/ SUCCEEDED", "/P SUCCEEDED"));
}

TEST(BatchOutcomes, ARowIsItsElementsWhateverTheCaseOfItsNames) {
  EXPECT_THAT(
      Lines({{"A", "P"}, {"B", "Q"}},
            R"("order_list":[{"order_sn":"a","package_number":"p"},{"order_sn":"b","fail_error":"e"}])"),
      ElementsAre("A/P SUCCEEDED", "B/Q FAILED"));
}

TEST(BatchOutcomes, ARowWithoutItsOrderIsMatchedByItsPackage) {
  EXPECT_THAT(Lines({{"A", "P"}, {"B", "Q"}},
                    R"("order_list":[{"package_number":"Q","fail_error":"e"},{"package_number":"P"}])"),
              ElementsAre("A/P SUCCEEDED", "B/Q FAILED"));
}

TEST(BatchOutcomes, RowsWithoutANameAreMatchedByElimination) {
  EXPECT_THAT(Lines({{"A", ""}}, R"("order_list":[{"fail_error":"e"}])"), ElementsAre("A/ FAILED"));
  EXPECT_THAT(Lines({{"A", "P"}, {"B", ""}}, R"("order_list":[{"order_sn":"B"},{"fail_error":"e"}])"),
              ElementsAre("A/P FAILED", "B/ SUCCEEDED"));
  EXPECT_THAT(Lines({{"A", ""}, {"B", ""}}, R"("fail_list":[{"fail_error":"e"},{"fail_error":"f"}])"),
              ElementsAre("A/ FAILED", "B/ FAILED"));
  EXPECT_THAT(Lines({{"A", ""}, {"B", ""}}, R"("order_list":[{"fail_error":"e"},{"fail_error":""}])"),
              ElementsAre("A/ UNREPORTED", "B/ UNREPORTED"));
}

TEST(BatchOutcomes, RowsOfWhichOneIsInconclusiveDoNotEndAlike) {
  EXPECT_THAT(
      Lines({{"A", "P"}, {"A", "Q"}}, R"("order_list":[{"order_sn":"A","fail_error":"error_network"},)"
                                      R"({"order_sn":"A","fail_error":"firstmile.package_has_bind"}])"),
      ElementsAre("A/P UNREPORTED", "A/Q UNREPORTED"));
}

TEST(BatchOutcomes, AnErrorThatIsZeroOrFalseIsNone) {
  for (const char* none : {"0", "false", "0.0", "null", "[]"}) {
    EXPECT_THAT(Lines({{"A", ""}}, absl::StrCat(R"("order_list":[{"order_sn":"A","fail_error":)", none,
                                                R"(,"fail_message":""}])")),
                ElementsAre("A/ SUCCEEDED"))
        << none;
  }
}

TEST(BatchOutcomes, ASecondPackageOfAnOrderThatWasAskedForIsPassedOn) {
  EXPECT_THAT(Lines({{"A", ""}}, R"("order_list":[{"order_sn":"A","package_number":"P"},)"
                                 R"({"order_sn":" a ","package_number":"Q"}])"),
              ElementsAre("A/P SUCCEEDED", "a/Q SUCCEEDED"));
}

TEST(BatchOutcomes, OneRowAnswersAnElementThatIsRequestedTwice) {
  EXPECT_THAT(Lines({{"A", ""}, {"A", ""}}, R"("order_list":[{"order_sn":"A"}])"),
              ElementsAre("A/ SUCCEEDED", "A/ SUCCEEDED"));
}

TEST(BatchOutcomes, ARowThatIsNoObjectLeavesTheOthersAsTheyAre) {
  for (const char* odd : {"17", "true", "[1]"}) {
    const auto decoded = DecodeBody<BindFirstMileTrackingNumberResponse>(
        absl::StrCat(R"({"response":{"order_list":[{"order_sn":"A"},)", odd, "]}}"),
        Asking({{"A", ""}, {"B", ""}}));
    ASSERT_TRUE(decoded.status.ok()) << decoded.status;
    ASSERT_EQ(decoded.response.outcomes_size(), 2);
    EXPECT_EQ(Line(decoded.response.outcomes(0)), "A/ SUCCEEDED");
    EXPECT_EQ(Line(decoded.response.outcomes(1)), "B/ UNREPORTED");
    EXPECT_EQ(decoded.response.header().unmodeled_fields().at("order_list[1]"), odd);
  }
}

TEST(BatchOutcomes, AListThatIsNoneLeavesEveryElementUnreported) {
  EXPECT_THAT(Lines({{"A", ""}, {"B", "P"}}, R"("order_list":17)"),
              ElementsAre("A/ UNREPORTED", "B/P UNREPORTED"));
}

TEST(BatchOutcomes, PassesOnUnmodeledMembersOfElements) {
  const auto decoded = DecodeBody<BindFirstMileTrackingNumberResponse>(
      R"({"response":{"order_list":[{"order_sn":"A","state":9,"new_member":true}]}})", Asking({{"A", ""}}));
  EXPECT_EQ(decoded.report.unknown_fields, 2U);
  EXPECT_EQ(decoded.response.header().unmodeled_fields().at("order_list[0].new_member"), "true");
}

}  // namespace
}  // namespace firstmile::codec
