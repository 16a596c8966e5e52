// What the gateway retries and when, and what it never does.
#include "gateway/gateway_fixture.h"

namespace firstmile::gateway {
namespace {

using GatewayRetryTest = GatewayTest;

TEST_F(GatewayRetryTest, AReadIsTriedAgainAfterWhatMayPass) {
  for (const auto& first :
       {Answer("<html>", 503, "text/html"), Answer(kSystemError), Answer("{\"cut", 200),
        Failure(HttpFailure::kNotSent), Failure(HttpFailure::kNoAnswer), Failure(HttpFailure::kTimedOut)}) {
    const std::size_t before = Sent();
    transport_.Then(first);
    transport_.Then(Answer(kFound));
    EXPECT_EQ(Read().status.code(), kOk);
    EXPECT_EQ(Sent() - before, 2U);
  }
}

TEST_F(GatewayRetryTest, AReadSucceedsThroughTwoFaultsInARow) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Answer("<html>", 503, "text/html"));
  transport_.Then(Answer(kFound));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kOk);
  EXPECT_EQ(report.attempts, 3);
  EXPECT_GT(report.waited, absl::ZeroDuration());
}

TEST_F(GatewayRetryTest, AReadWhoseEveryAttemptFailsIsUnavailable) {
  for (int i = 0; i < 3; ++i) transport_.Then(Failure(HttpFailure::kNotSent));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kUnavailable);
  EXPECT_EQ(Reason(report), "UPSTREAM_UNREACHABLE");
  EXPECT_EQ(report.attempts, 3);
}

TEST_F(GatewayRetryTest, AShopWhoseCallsKeepFailingIsNotRepeatedAnyMore) {
  const int kCalls = 12;
  for (int i = 0; i < 3 * kCalls; ++i) transport_.Then(Answer(kSystemError));
  for (int i = 0; i < kCalls; ++i) EXPECT_EQ(Read().status.code(), kUnavailable);
  EXPECT_LT(Sent(), 2U * kCalls);
  const std::size_t before = Sent();
  Read();
  EXPECT_EQ(Sent() - before, 1U);
}

transport::HttpResult Asking(absl::string_view retry_after, std::string body, int status) {
  transport::HttpResult result = Answer(std::move(body), status);
  result.response.retry_after = std::string(retry_after);
  return result;
}

TEST_F(GatewayRetryTest, APauseThatShopeeAsksForIsKept) {
  for (const auto& [body, status] : {std::pair(kSystemError, 503), std::pair(kRateLimited, 429)}) {
    transport_.Then(Asking("5", body, status));
    transport_.Then(Answer(kFound));
    const CallReport report = Read();
    EXPECT_EQ(report.status.code(), kOk);
    EXPECT_EQ(report.attempts, 2);
    EXPECT_GE(report.waited, absl::Seconds(5)) << body;
  }
}

TEST_F(GatewayRetryTest, APauseBeyondTheDeadlineIsReportedToTheCaller) {
  transport_.Then(Asking("45", kSystemError, 503));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kUnavailable);
  EXPECT_EQ(report.attempts, 1);
  google::rpc::RetryInfo info;
  for (const auto& detail : report.status.details()) {
    if (detail.Is<google::rpc::RetryInfo>()) EXPECT_TRUE(detail.UnpackTo(&info));
  }
  EXPECT_EQ(info.retry_delay().seconds(), 45);
}

TEST_F(GatewayRetryTest, ErrorsOfTheBusinessShowThatShopeeWorksAndPayForRetries) {
  while (limits_.TakeRetry(subjects::Shop(600000))) continue;
  transport_.Then(Answer(kSystemError));
  EXPECT_EQ(Read().attempts, 1) << "there is nothing left for a retry";
  for (int i = 0; i < 20; ++i) {
    transport_.Then(Answer(kNoPermission, 403));
    EXPECT_EQ(Read().status.code(), kPermissionDenied);
  }
  transport_.Then(Answer(kSystemError));
  transport_.Then(Answer(kFound));
  EXPECT_EQ(Read().attempts, 2);
}

TEST_F(GatewayRetryTest, AHostThatKeepsFailingGetsNoCallsForAWhile) {
  for (int i = 0; i < 100; ++i) transport_.Then(Failure(HttpFailure::kNotSent));
  CallReport report = Read();
  int tokens_before = 0;
  for (int i = 0; i < 60 && Reason(report) == "UPSTREAM_UNREACHABLE"; ++i) {
    tokens_before = tokens_.gets;
    report = Read();
  }
  EXPECT_EQ(Reason(report), "UPSTREAM_CIRCUIT_OPEN");
  EXPECT_EQ(tokens_.gets, tokens_before) << "refused at once, before the waits for a token and a turn";
  EXPECT_EQ(report.status.code(), kUnavailable);
  EXPECT_EQ(report.attempts, 0);
}

TEST_F(GatewayRetryTest, AShopThatIsRefusedDoesNotCloseTheHostToOthers) {
  for (int i = 0; i < 60; ++i) {
    transport_.Then(Answer(kNoPermission, 403));
    EXPECT_EQ(Read().status.code(), kPermissionDenied);
  }
}

TEST_F(GatewayRetryTest, AWrongClockIsCorrectedByTheAnswersDateAndTheCallSentAgain) {
  transport_.Then(AnswerAt(clock_.Now() + absl::Minutes(10)));
  transport_.Then(Answer(kGenerated));
  EXPECT_EQ(Write().status.code(), kOk);
  EXPECT_EQ(Timestamp(0), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_NEAR(static_cast<double>(Timestamp(1)),
              static_cast<double>(absl::ToUnixSeconds(clock_.Now() + absl::Minutes(10))), 1);
  transport_.Then(Answer(kFound));
  EXPECT_EQ(Read().attempts, 1);
  EXPECT_EQ(Timestamp(2), Timestamp(1));
  EXPECT_EQ(corrections_, 1);
}

TEST_F(GatewayRetryTest, ATimestampRefusedBySomeoneWhoseClockAgreesIsNotSentAgain) {
  transport_.Then(AnswerAt(clock_.Now()));
  const CallReport report = Read();
  EXPECT_EQ(Reason(report), "CLOCK_SKEW");
  EXPECT_EQ(Sent(), 1U);
  EXPECT_EQ(corrections_, 0);
}

TEST_F(GatewayRetryTest, AClockIsCorrectedOncePerCall) {
  transport_.Then(AnswerAt(clock_.Now() + absl::Minutes(10)));
  transport_.Then(AnswerAt(clock_.Now() + absl::Minutes(20)));
  EXPECT_EQ(Reason(Read()), "CLOCK_SKEW");
  EXPECT_EQ(Sent(), 2U);
}

TEST_F(GatewayRetryTest, AWriteIsNeverReplayedAfterAnAmbiguousAnswer) {
  for (const auto& first : {Answer("<html>", 503, "text/html"), Answer(kSystemError), Answer("{\"cut", 200),
                            Failure(HttpFailure::kNoAnswer), Failure(HttpFailure::kTimedOut),
                            Failure(HttpFailure::kBodyTooLarge)}) {
    const std::size_t before = Sent();
    transport_.Then(first);
    const CallReport report = Write();
    EXPECT_EQ(report.status.code(), kUnknown);
    EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
    EXPECT_EQ(Sent() - before, 1U);
  }
}

TEST_F(GatewayRetryTest, AWriteMustNotBeRepeatedByTheHttpLibraryEither) {
  transport_.Then(Answer(kGenerated));
  transport_.Then(Answer(kFound));
  Write();
  Read();
  EXPECT_FALSE(transport_.requests[0].repeatable);
  EXPECT_TRUE(transport_.requests[1].repeatable);
}

TEST_F(GatewayRetryTest, AWriteThatNeverLeftIsUnavailableNotUnknown) {
  transport_.Then(Failure(HttpFailure::kNotSent));
  EXPECT_EQ(Write().status.code(), kUnavailable);
  EXPECT_EQ(Sent(), 1U);
}

TEST_F(GatewayRetryTest, ACallRefusedForItsRateWaitsForAnotherTurn) {
  transport_.Then(Answer(kRateLimited));
  transport_.Then(Answer(kGenerated));
  const absl::Time start = clock_.Now();
  const CallReport report = Write();
  EXPECT_EQ(report.status.code(), kOk);
  EXPECT_GT(clock_.Now(), start);
  EXPECT_GT(report.waited, absl::ZeroDuration());
}

TEST_F(GatewayRetryTest, ARateLimitThatStaysIsResourceExhaustedWithRetryInfo) {
  for (int i = 0; i < 8; ++i) transport_.Then(Answer(kRateLimited));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kResourceExhausted);
  bool retry_info = false;
  for (const auto& detail : report.status.details()) retry_info |= detail.Is<google::rpc::RetryInfo>();
  EXPECT_TRUE(retry_info);
}

}  // namespace
}  // namespace firstmile::gateway
