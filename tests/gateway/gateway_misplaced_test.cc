// Answers to another call, and failures that the host did not cause.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "firstmile/v1/first_mile_courier.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"
#include "gateway/gateway_fixture.h"

namespace firstmile::gateway {
namespace {

constexpr char kAnothers[] =
    R"({"request_id":"r","error":"","response":{"order_sn":"240101OTHER","logistics_status":"LOGISTICS_READY"}})";
constexpr char kOwn[] =
    R"({"request_id":"r","error":"","response":{"order_sn":" 201214jasxyxy6\t","package_number":"-"}})";

class GatewayMisplacedTest : public GatewayTest {
 protected:
  GatewayMisplacedTest() {
    info_.set_shop_id(600000);
    info_.set_order_sn("201214JASXYXY6");
    bind_.set_shop_id(600000);
    bind_.set_binding_id("DCN1");
    bind_.add_order_list()->set_order_sn("A");
  }

  CallReport Info() { return Finish(Start(info_, &info_answer_, Context())); }
  CallReport Bind() { return Finish(Start(bind_, &bound_, Context())); }
  double Counted(const char* shown_by) {
    const std::string page = metrics_.Text();
    const std::string line = absl::StrCat("firstmile_misplaced_answers_total{shown_by=\"", shown_by, "\"} ");
    const std::size_t at = page.find(line);
    return at == std::string::npos ? -1 : std::stod(page.substr(at + line.size()));
  }

  v1::GetTrackingInfoRequest info_;
  v1::GetTrackingInfoResponse info_answer_;
  v1::BindCourierDeliveryFirstMileTrackingNumberRequest bind_;
  v1::BindCourierDeliveryFirstMileTrackingNumberResponse bound_;
};

TEST_F(GatewayMisplacedTest, AReadIsNeverAnsweredWithAnothersAnswer) {
  for (int i = 0; i < 3; ++i) transport_.Then(Answer(kAnothers));
  const CallReport report = Info();
  EXPECT_EQ(report.status.code(), kInternal);
  EXPECT_EQ(Reason(report), "ANSWER_UNREADABLE");
  EXPECT_EQ(info_answer_.ByteSizeLong(), 0U);
  EXPECT_FALSE(absl::StrContains(report.status.DebugString(), "240101OTHER")) << "it may be another shop's";
  EXPECT_EQ(transport_.distrusted, 3);
  EXPECT_EQ(Counted("subject"), 3);
}

TEST_F(GatewayMisplacedTest, AReadIsTriedAgainAfterAnothersAnswer) {
  transport_.Then(Answer(kAnothers));
  transport_.Then(Answer(kOwn));
  EXPECT_EQ(Info().status.code(), kOk);
  EXPECT_EQ(info_answer_.order_sn(), "201214jasxyxy6") << "as Shopee spells it";
}

TEST_F(GatewayMisplacedTest, AWriteWithAnothersAnswerMayBeUnderWayStill) {
  transport_.Then(Answer(
      R"({"request_id":"r","error":"","response":{"binding_id":"DCN2","success_list":[{"order_sn":"A"}]}})"));
  const CallReport report = Bind();
  EXPECT_EQ(report.status.code(), kUnknown);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(report.unknown_outcome, UnknownOutcome::kNoAnswer) << "its own answer has not come";
  EXPECT_EQ(bound_.ByteSizeLong(), 0U);
  EXPECT_EQ(Sent(), 1U);
}

TEST_F(GatewayMisplacedTest, AWriteWhoseRowsNameWhatWasNotAskedForHasAnothersAnswer) {
  transport_.Then(Answer(
      R"({"request_id":"r","error":"","response":{"success_list":[{"order_sn":"A"},{"order_sn":"B"}]}})"));
  EXPECT_EQ(Bind().unknown_outcome, UnknownOutcome::kNoAnswer);
  EXPECT_EQ(transport_.distrusted, 1);
}

TEST_F(GatewayMisplacedTest, AnAnswerOfTheRightOneCostsNoTrust) {
  transport_.Then(Answer(kOwn));
  transport_.Then(Answer(R"({"request_id":"r","error":"","response":{}})"));
  EXPECT_EQ(Info().status.code(), kOk);
  EXPECT_EQ(Bind().status.code(), kOk);
  EXPECT_EQ(transport_.distrusted, 0);
}

TEST_F(GatewayMisplacedTest, AFaultOfTheSidecarDoesNotOpenTheBreaker) {
  for (int i = 0; i < 60; ++i) {
    transport_.Then(Failure(HttpFailure::kLocalFault));
    const CallReport report = Read();
    EXPECT_EQ(report.status.code(), kInternal);
    EXPECT_EQ(Reason(report), "SIDECAR_FAULT");
    EXPECT_EQ(report.attempts, 1);
    clock_.Advance(absl::Seconds(1));
  }
  transport_.Then(Answer(kFound));
  EXPECT_EQ(Read().status.code(), kOk);
}

TEST_F(GatewayMisplacedTest, AWriteThatTheSidecarCouldNotSendHasAKnownOutcome) {
  transport_.Then(Failure(HttpFailure::kLocalFault));
  const CallReport report = Write();
  EXPECT_EQ(Reason(report), "SIDECAR_FAULT");
  EXPECT_EQ(report.unknown_outcome, UnknownOutcome::kNone);
}

TEST_F(GatewayMisplacedTest, ShortDeadlinesDoNotOpenTheBreaker) {
  for (int i = 0; i < 60; ++i) {
    transport_.on_send = [this] { clock_.Advance(absl::Milliseconds(5)); };
    transport_.Then(Failure(HttpFailure::kNotSentInTime));
    const CallReport report = Finish(StartRead(ContextFor(absl::Milliseconds(5))));
    EXPECT_EQ(report.status.code(), kDeadlineExceeded);
    EXPECT_TRUE(absl::StrContains(report.status.message(), "Not sent: the deadline passed"))
        << report.status.message();
    clock_.Advance(absl::Milliseconds(100));
  }
  transport_.Then(Answer(kFound));
  EXPECT_EQ(Read().status.code(), kOk);
}

}  // namespace
}  // namespace firstmile::gateway
