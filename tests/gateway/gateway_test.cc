// The gateway's handling of answers, deadlines and secrets.
#include "absl/strings/match.h"
#include "gateway/gateway_fixture.h"

namespace firstmile::gateway {
namespace {

TEST_F(GatewayTest, FillsTheResponseOfASuccess) {
  transport_.Then(Answer(kFound));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kOk);
  EXPECT_EQ(read_answer_.tracking_number(), "MY1");
  EXPECT_EQ(report.request_id, "r");
  EXPECT_EQ(report.attempts, 1);
  EXPECT_FALSE(transport_.requests[0].post);
}

TEST_F(GatewayTest, ClassifiesTheEnvelopeBeforeTheHttpStatus) {
  transport_.Then(Answer(kNoPermission, 200));
  EXPECT_EQ(Read().status.code(), kPermissionDenied);
}

TEST_F(GatewayTest, SignsEachAttemptAnewWithItsOwnTime) {
  transport_.Then(Answer("<html>", 502, "text/html"));
  transport_.Then(Answer(kFound));
  transport_.on_send = [this] { clock_.Advance(absl::Seconds(7)); };
  EXPECT_EQ(Read().status.code(), kOk);
  ASSERT_EQ(Sent(), 2U);
  EXPECT_TRUE(absl::StrContains(Url(0), "timestamp=1700000000&"));
  EXPECT_FALSE(absl::StrContains(Url(1), "timestamp=1700000000&"));
  EXPECT_NE(Url(0).substr(Url(0).find("sign=")), Url(1).substr(Url(1).find("sign=")));
}

TEST_F(GatewayTest, DoesNotWaitBeyondTheDeadline) {
  for (int i = 0; i < 8; ++i) transport_.Then(Answer(kSystemError));
  CallContext context = Context();
  const transport::MonotonicTime deadline = clock_.Monotonic() + std::chrono::microseconds(1);
  context.deadline = deadline;
  EXPECT_EQ(Finish(StartRead(std::move(context))).status.code(), kUnavailable);
  EXPECT_LT(clock_.Monotonic(), deadline);
  EXPECT_EQ(Sent(), 1U);
}

TEST_F(GatewayTest, AnAttemptGetsNoMoreTimeThanTheCallHasLeft) {
  transport_.Then(Answer(kFound));
  CallContext context = Context();
  context.deadline = clock_.Monotonic() + std::chrono::milliseconds(300);
  StartRead(std::move(context)).get();
  EXPECT_EQ(transport_.requests[0].timeout, std::chrono::milliseconds(300));
  transport_.Then(Answer(kFound));
  Read();
  EXPECT_EQ(transport_.requests[1].timeout, std::chrono::seconds(10));
}

TEST_F(GatewayTest, ATimeOfTheTransportThatIsUpAMomentBeforeTheDeadlineIsTheDeadline) {
  transport_.on_send = [this] { clock_.Advance(absl::Seconds(30) - absl::Milliseconds(1)); };
  transport_.Then(Failure(HttpFailure::kTimedOut));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kDeadlineExceeded) << report.status.message();
  EXPECT_EQ(report.attempts, 1);
}

TEST_F(GatewayTest, AStopWhileTheUpstreamIsSilentIsCancelled) {
  auto report = StartRead(Context());
  stop_.request_stop();
  EXPECT_EQ(report.get().status.code(), kCancelled);
}

TEST_F(GatewayTest, AStopDuringTheBackoffIsCancelledAndSendsNothingMore) {
  transport_.Then(Failure(HttpFailure::kNotSent));
  auto report = StartRead(Context());
  stop_.request_stop();
  EXPECT_EQ(report.get().status.code(), kCancelled);
  EXPECT_EQ(Sent(), 1U);
}

TEST_F(GatewayTest, AStopAtTheDeadlineIsDeadlineExceededAndSaysWhenAWritesOutcomeIsUnknown) {
  auto read = StartRead(Context());
  auto write = StartWrite();
  Settle(loop_);
  clock_.Advance(absl::Seconds(30));
  stop_.request_stop();
  EXPECT_EQ(read.get().status.code(), kDeadlineExceeded);
  const CallReport report = write.get();
  EXPECT_EQ(report.status.code(), kDeadlineExceeded);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
}

TEST_F(GatewayTest, AnEchoedTokenOrSignReachesNoCaller) {
  transport_.on_send = [this] {
    const std::string url = Url(Sent() - 1);
    const std::string sign = url.substr(url.find("sign=") + 5, 64);
    transport_.Then(Answer(
        R"({"request_id":"r","error":"error_param","message":"bad: token=canary-token s=)" + sign + "\"}"));
  };
  CallContext context = Context();
  context.access_token.emplace(std::string("canary-token"));
  const CallReport report = Finish(StartRead(std::move(context)));
  EXPECT_TRUE(absl::StrContains(report.status.message(), "token=************ s=" + std::string(64, '*')))
      << report.status.message();
}

TEST_F(GatewayTest, AnUnreadableListLeavesNoHalfFilledResponse) {
  const char kBad[] = R"({"request_id":"r","error":"","response":{"order_sn":"A","tracking_info":"soon"}})";
  for (int i = 0; i < 3; ++i) transport_.Then(Answer(kBad));
  v1::GetTrackingInfoRequest request;
  request.set_shop_id(600000);
  request.set_order_sn("A");
  v1::GetTrackingInfoResponse response;
  const CallReport report = Finish(Start(request, &response, Context()));
  EXPECT_EQ(report.status.code(), kInternal);
  EXPECT_TRUE(absl::StrContains(report.status.message(), "tracking_info")) << report.status.message();
  EXPECT_EQ(response.ByteSizeLong(), 0U);
}

TEST_F(GatewayTest, AWriteWhoseSuccessNamesNothingHasAnUnknownOutcome) {
  transport_.Then(Answer(R"({"request_id":"r","error":"","message":"","response":{}})"));
  v1::GenerateFirstMileTrackingNumberRequest request;
  request.set_shop_id(600000);
  request.set_declare_date("2026-12-20");
  v1::GenerateFirstMileTrackingNumberResponse response;
  const CallReport report = Finish(Start(request, &response, Context()));
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(report.unknown_outcome, UnknownOutcome::kAnswerLost);
}

}  // namespace
}  // namespace firstmile::gateway
