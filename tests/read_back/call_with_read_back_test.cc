// How a write with an unknown outcome ends, over a scripted transport: for faults and timings that no
// platform produces on demand. tests/faults has the results of all writes with the real emulator.
#include "absl/strings/str_cat.h"
#include "read_back/call_with_read_back_fixture.h"

namespace firstmile::read_back {
namespace {

using ::firstmile::testing::Answer;
using ::firstmile::testing::Failure;
using gateway::CallReport;
using gateway::ReadBack;
using transport::HttpFailure;

TEST_F(CallWithReadBackTest, AWriteThatShowsInTheStateHasSucceeded) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Orders(R"({"order_sn":"A","package_number":"1"})"));
  const CallReport report = Bind();
  EXPECT_EQ(report.status.code(), 0);
  EXPECT_EQ(report.read_back, ReadBack::kApplied);
  EXPECT_EQ(bound_.outcomes(0).state(), v1::OUTCOME_STATE_SUCCEEDED);
  EXPECT_EQ(bound_.header().warnings_size(), 1);
  EXPECT_EQ(transport_.requests.size(), 2U);
}

TEST_F(CallWithReadBackTest, AWriteThatShowsOnlyAtTheSecondCheckHasSucceeded) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Orders(""));
  transport_.Then(Orders(R"({"order_sn":"A"})"));
  const transport::MonotonicTime start = clock_.Monotonic();
  EXPECT_EQ(Bind().read_back, ReadBack::kApplied);
  EXPECT_GE(clock_.Monotonic() - start, absl::ToChronoNanoseconds(options_.read_back_delay));
}

TEST_F(CallWithReadBackTest, AWriteWithoutAnEffectAtTwoChecksWasNotApplied) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Orders(""));
  transport_.Then(Orders(R"({"order_sn":"B"})"));
  const CallReport report = Bind();
  EXPECT_EQ(Reason(report), "WRITE_NOT_APPLIED");
  EXPECT_EQ(report.read_back, ReadBack::kNotApplied);
  EXPECT_EQ(bound_.ByteSizeLong(), 0U);
}

TEST_F(CallWithReadBackTest, NoTraceProvesNothingWhileShopeeMayBeAtWork) {
  transport_.Then(Failure(HttpFailure::kTimedOut));
  transport_.Then(Orders(""));
  transport_.Then(Orders(""));
  const CallReport report = Bind();
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(report.read_back, ReadBack::kUnknown);
}

TEST_F(CallWithReadBackTest, AStateThatCannotBeReadLeavesTheOutcomeUnknown) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  for (int i = 0; i < 3; ++i) transport_.Then(Answer("", 502));
  const CallReport report = Bind();
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(report.read_back, ReadBack::kUnknown);
}

TEST_F(CallWithReadBackTest, AReadBackThatTakesAllTheTimeEndsLateAndSaysThatTheWriteMayHaveHappened) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.on_send = [this] {
    if (transport_.requests.size() > 1) clock_.Advance(absl::Seconds(10));
  };
  for (int i = 0; i < 3; ++i) transport_.Then(Answer("", 502));
  const CallReport report = Bind(absl::Seconds(5));
  EXPECT_EQ(report.status.code(), kDeadlineExceeded);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
}

TEST_F(CallWithReadBackTest, AReadBackWhoseTimeIsUpJustBeforeTheDeadlineEndsLateToo) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.on_send = [this] {
    if (transport_.requests.size() > 1) clock_.Advance(absl::Milliseconds(4999));
  };
  transport_.Then(Failure(HttpFailure::kTimedOut));
  const CallReport report = Bind(absl::Seconds(5));
  EXPECT_EQ(report.status.code(), kDeadlineExceeded);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
}

TEST_F(CallWithReadBackTest, ARefusalIsConclusiveAndNotReadBack) {
  transport_.Then(Answer(R"({"request_id":"r","error":"error_permission","message":"no"})"));
  EXPECT_EQ(Bind().read_back, ReadBack::kNotTried);
  EXPECT_EQ(transport_.requests.size(), 1U);
}

TEST_F(CallWithReadBackTest, AnOrderOlderThanTheUnboundListIsHeldWhereItShowsANumber) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  for (int read_back = 0; read_back < 2; ++read_back) {
    transport_.Then(Orders(""));
    transport_.Then(Held("CNF1"));
  }
  EXPECT_EQ(Reason(Call(unbind_all_, &unbound_)), "WRITE_NOT_APPLIED");
}

TEST_F(CallWithReadBackTest, AnOrderOlderThanTheUnboundListWithoutANumberMayHaveBeenFreeBefore) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Orders(""));
  transport_.Then(Held(""));
  const CallReport report = Call(unbind_all_, &unbound_);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(transport_.requests.size(), 3U);
}

TEST_F(CallWithReadBackTest, FewerUnusedNumbersThanWereAskedForProveThatNoneWasMade) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  for (int read_back = 0; read_back < 2; ++read_back) {
    transport_.Then(
        Numbers(R"({"first_mile_tracking_number":"CNF1","status":"INIT","declare_date":"2030-01-02"},
                               {"first_mile_tracking_number":"CNF2","status":"INIT","declare_date":"2030-01-03"},
                               {"first_mile_tracking_number":"CNF3","status":"DELIVERED","declare_date":"2030-01-02"})"));
  }
  EXPECT_EQ(Reason(Call(generate_, &generated_)), "WRITE_NOT_APPLIED");
}

TEST_F(CallWithReadBackTest, AsManyUnusedNumbersAsWereAskedForAreNamedSinceTheyMayBeTheFruit) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(
      Numbers(R"({"first_mile_tracking_number":"CNF1","status":"INIT","declare_date":"2030-01-02"},
                             {"first_mile_tracking_number":"CNF2","status":"NOT_AVAILABLE","declare_date":"2030-01-02"})"));
  const CallReport report = Call(generate_, &generated_);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(Info(report).metadata().at("unusedNumbers"), "CNF1,CNF2");
}

TEST_F(CallWithReadBackTest, NoTraceProvesNothingWhenSomethingInBetweenAnswered) {
  for (const int http_status : {500, 502, 503, 520, 524, 530, 408, 499, 200}) {
    transport_.Then(Answer("<html>A timeout occurred</html>", http_status));
    transport_.Then(Orders(""));
    transport_.Then(Orders(""));
    const CallReport report = Bind();
    EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN") << http_status;
    EXPECT_EQ(report.read_back, ReadBack::kUnknown) << http_status;
  }
}

TEST_F(CallWithReadBackTest, AnAnswerOfShopeeThatIsCutShortEndsItsWork) {
  transport_.Then(Answer(R"({"request_id":"r","error":"","respon)"));
  transport_.Then(Orders(""));
  transport_.Then(Orders(""));
  EXPECT_EQ(Reason(Bind()), "WRITE_NOT_APPLIED");
}

TEST_F(CallWithReadBackTest, AnElementThatFailedForTroubleOfShopeeAndShowsInTheStateHasSucceeded) {
  for (const char* failure : {R"("fail_error":"error_network","fail_message":"Inner http call failed")",
                              R"("fail_error":"firstmile.system_error","fail_message":"x")",
                              R"("fail_error":"firstmile.error","fail_message":"Please try again later.")",
                              R"("fail_error":"","fail_message":"System error, please try again later")"}) {
    transport_.Then(
        Bound(absl::StrCat(R"({"order_sn":"A",)", failure, "}"), "firstmile.batch_api_all_failed"));
    transport_.Then(Orders(R"({"order_sn":"A","package_number":"1"})"));
    const CallReport report = Bind();
    EXPECT_EQ(report.status.code(), 0) << failure;
    EXPECT_EQ(report.read_back, ReadBack::kApplied) << failure;
    ASSERT_EQ(bound_.outcomes_size(), 1) << failure;
    EXPECT_EQ(bound_.outcomes(0).state(), v1::OUTCOME_STATE_SUCCEEDED) << failure;
    EXPECT_FALSE(bound_.outcomes(0).has_failure()) << failure;
    EXPECT_EQ(bound_.error(), "") << failure;
    EXPECT_EQ(bound_.header().warnings_size(), 1) << failure;
  }
}

TEST_F(CallWithReadBackTest, AnElementWithAnUnknownOutcomeAndNoEffectAtTwoChecksCanBeRetried) {
  transport_.Then(Bound(kTrouble));
  transport_.Then(Orders(""));
  transport_.Then(Orders(""));
  EXPECT_EQ(Bind().read_back, ReadBack::kNotApplied);
  EXPECT_EQ(bound_.outcomes(0).state(), v1::OUTCOME_STATE_FAILED);
  const v1::Failure& failure = bound_.outcomes(0).failure();
  EXPECT_EQ(failure.reason(), v1::ERROR_REASON_WRITE_NOT_APPLIED);
  EXPECT_EQ(failure.code(), v1::CANONICAL_CODE_UNAVAILABLE);
  EXPECT_EQ(failure.vendor_code(), "error_network");
  EXPECT_NE(failure.message().find("Inner http call failed"), std::string::npos) << failure.message();
}

TEST_F(CallWithReadBackTest, AnElementWithAnUnknownOutcomeStaysUnknownWhenItsStateCannotBeRead) {
  transport_.Then(Bound(kTrouble));
  for (int i = 0; i < 3; ++i) transport_.Then(Answer("", 502));
  EXPECT_EQ(Bind().read_back, ReadBack::kUnknown);
  EXPECT_EQ(bound_.outcomes(0).state(), v1::OUTCOME_STATE_UNKNOWN);
  EXPECT_EQ(bound_.outcomes(0).failure().reason(), v1::ERROR_REASON_WRITE_OUTCOME_UNKNOWN);
}

TEST_F(CallWithReadBackTest, AnElementThatTheAnswerDoesNotMentionIsLookedFor) {
  bind_.add_order_list()->set_order_sn("B");
  transport_.Then(Bound(R"({"order_sn":"A"})"));
  transport_.Then(Orders(R"({"order_sn":"A"},{"order_sn":"B"})"));
  EXPECT_EQ(Bind().read_back, ReadBack::kApplied);
  EXPECT_EQ(bound_.outcomes(1).state(), v1::OUTCOME_STATE_SUCCEEDED);
}

TEST_F(CallWithReadBackTest, ARefusalThatMayBeOfEitherPackageIsThatOfTheOneThatIsNotBound) {
  bind_.mutable_order_list(0)->set_package_number("1");
  *bind_.add_order_list() = bind_.order_list(0);
  bind_.mutable_order_list(1)->set_package_number("2");
  transport_.Then(Bound(R"({"order_sn":"A"},{"order_sn":"A","fail_error":"firstmile.invalid_package"})"));
  for (int read_back = 0; read_back < 2; ++read_back)
    transport_.Then(Orders(R"({"order_sn":"A","package_number":"2"})"));
  Bind();
  ASSERT_EQ(bound_.outcomes_size(), 2);
  EXPECT_EQ(bound_.outcomes(0).state(), v1::OUTCOME_STATE_FAILED);
  EXPECT_EQ(bound_.outcomes(0).failure().vendor_code(), "firstmile.invalid_package");
  EXPECT_EQ(bound_.outcomes(1).state(), v1::OUTCOME_STATE_SUCCEEDED);
}

TEST_F(CallWithReadBackTest, OneRowWithoutItsPackageDoesNotShowWhichOfTwoIsBound) {
  bind_.mutable_order_list(0)->set_package_number("1");
  *bind_.add_order_list() = bind_.order_list(0);
  bind_.mutable_order_list(1)->set_package_number("2");
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Orders(R"({"order_sn":"A"})"));
  const CallReport report = Bind();
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(report.read_back, ReadBack::kUnknown);
}

TEST_F(CallWithReadBackTest, AnErrorOfSomethingInBetweenThatSpeaksJsonEndsNoWorkOfShopee) {
  for (const char* body :
       {R"({"error":"Bad Gateway"})",
        R"({"error":{"code":502,"message":"upstream connect error","status":"UNAVAILABLE"}})",
        R"({"timestamp":"2026-01-01","status":500,"error":"Internal Server Error","path":"/"})",
        R"({"error":1015,"message":"origin timed out"})"}) {
    transport_.Then(Answer(body, 502));
    for (int read_back = 0; read_back < 2; ++read_back) transport_.Then(Orders(""));
    EXPECT_EQ(Reason(Bind()), "WRITE_OUTCOME_UNKNOWN") << body;
  }
}

TEST_F(CallWithReadBackTest, WhatShopeeWaitedForTooLongMayStillBeAtWork) {
  transport_.Then(Answer(
      R"({"error":"logistics.error_timeout","message":"Timeout to call external system.","request_id":"r"})"));
  for (int read_back = 0; read_back < 2; ++read_back) transport_.Then(Orders(""));
  EXPECT_EQ(Reason(Bind()), "WRITE_OUTCOME_UNKNOWN");

  transport_.Then(Bound(R"({"order_sn":"A","fail_error":"logistics.error_timeout","fail_message":"x"})"));
  for (int read_back = 0; read_back < 2; ++read_back) transport_.Then(Orders(""));
  Bind();
  EXPECT_EQ(bound_.outcomes(0).state(), v1::OUTCOME_STATE_UNKNOWN);
  EXPECT_EQ(bound_.outcomes(0).failure().reason(), v1::ERROR_REASON_WRITE_OUTCOME_UNKNOWN);
}

TEST_F(CallWithReadBackTest, AnEnvelopeOfShopeeEndsItsWorkAtEachStatus) {
  for (const char* body : {R"({"error":"error_server","message":"Something wrong. Please try later."})",
                           R"({"error":"error_new","message":"","request_id":"r"})"}) {
    transport_.Then(Answer(body, 500));
    for (int read_back = 0; read_back < 2; ++read_back) transport_.Then(Orders(""));
    EXPECT_EQ(Reason(Bind()), "WRITE_NOT_APPLIED") << body;
  }
}

TEST_F(CallWithReadBackTest, ARefusedElementIsConclusiveAndNotReadBack) {
  transport_.Then(Bound(R"({"order_sn":"A","fail_error":"firstmile.package_has_bind","fail_message":"x"})"));
  EXPECT_EQ(Bind().read_back, ReadBack::kNotTried);
  EXPECT_EQ(bound_.outcomes(0).state(), v1::OUTCOME_STATE_FAILED);
  EXPECT_EQ(transport_.requests.size(), 1U);
}

}  // namespace
}  // namespace firstmile::read_back
