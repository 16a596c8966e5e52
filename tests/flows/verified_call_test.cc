// How a write in doubt ends, over a scripted transport: for faults and times that no platform has on demand.
// What the real emulator makes of all writes is in tests/faults.
#include "flows/verified_call.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "firstmile/v1/first_mile_numbers.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"
#include "support/fixed_tokens.h"
#include "support/gateway_rig.h"

namespace firstmile::flows {
namespace {

using ::firstmile::testing::Answer;
using ::firstmile::testing::Failure;
using gateway::CallReport;
using gateway::ReadBack;
using google::protobuf::Message;
using transport::HttpFailure;

constexpr std::int64_t kShop = 600000;
constexpr int kDeadlineExceeded = 4;

transport::HttpResult Orders(absl::string_view rows) {
  return Answer(absl::StrCat(R"({"request_id":"r","error":"","response":{"order_list":[)", rows,
                             R"(],"more":false}})"));
}

transport::HttpResult Numbers(absl::string_view rows) {
  return Answer(
      absl::StrCat(R"({"request_id":"r","error":"","response":{"first_mile_tracking_number_list":[)", rows,
                   R"(],"more":false}})"));
}

transport::HttpResult Held(absl::string_view number) {
  return Answer(absl::StrCat(
      R"({"request_id":"r","error":"","response":{"tracking_number":"T","first_mile_tracking_number":")",
      number, R"("}})"));
}

class VerifiedCallTest : public testing::GatewayRig<testing::FixedTokens> {
 protected:
  VerifiedCallTest() : GatewayRig(std::map{std::pair(kShop, secrets::Secret(std::string("token")))}) {
    bind_.set_shop_id(kShop);
    bind_.set_region("CN");
    bind_.set_logistics_channel_id(813);
    bind_.set_first_mile_tracking_number("CNF1");
    bind_.set_shipment_method("pickup");
    bind_.add_order_list()->set_order_sn("A");
    unbind_all_.set_shop_id(kShop);
    unbind_all_.add_order_list()->set_order_sn("A");
    generate_.set_shop_id(kShop);
    generate_.set_declare_date("2030-01-02");
    generate_.set_quantity(2);
  }

  CallReport Call(const Message& request, Message* response, absl::Duration time = absl::Seconds(60)) {
    const flows::FlowContext flow{gateway_, loop_, table_, options_, metrics_};
    return Finish(testing::StartOnLoop(
                      loop_, VerifiedCall(flow, EndpointOf(request), request, response, ContextFor(time))),
                  absl::Milliseconds(100));
  }
  CallReport Bind(absl::Duration time = absl::Seconds(60)) { return Call(bind_, &bound_, time); }

  VerifiedCallOptions options_;

  v1::BindFirstMileTrackingNumberRequest bind_;
  v1::BindFirstMileTrackingNumberResponse bound_;
  v1::UnbindFirstMileTrackingNumberAllRequest unbind_all_;
  v1::UnbindFirstMileTrackingNumberAllResponse unbound_;
  v1::GenerateFirstMileTrackingNumberRequest generate_;
  v1::GenerateFirstMileTrackingNumberResponse generated_;
};

TEST_F(VerifiedCallTest, AWriteThatShowsInTheStateHasSucceeded) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Orders(R"({"order_sn":"A","package_number":"1"})"));
  const CallReport report = Bind();
  EXPECT_EQ(report.status.code(), 0);
  EXPECT_EQ(report.read_back, ReadBack::kDone);
  EXPECT_EQ(bound_.outcomes(0).state(), v1::OUTCOME_STATE_SUCCEEDED);
  EXPECT_EQ(bound_.warnings_size(), 1);
  EXPECT_EQ(transport_.requests.size(), 2U);
}

TEST_F(VerifiedCallTest, AWriteThatShowsAtTheSecondLookOnlyHasSucceeded) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Orders(""));
  transport_.Then(Orders(R"({"order_sn":"A"})"));
  const transport::MonotonicTime start = clock_.Monotonic();
  EXPECT_EQ(Bind().read_back, ReadBack::kDone);
  EXPECT_GE(clock_.Monotonic() - start, absl::ToChronoNanoseconds(options_.settle_pause));
}

TEST_F(VerifiedCallTest, AWriteWithoutATraceAtTwoLooksWasNotCarriedOut) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Orders(""));
  transport_.Then(Orders(R"({"order_sn":"B"})"));
  const CallReport report = Bind();
  EXPECT_EQ(Reason(report), "WRITE_NOT_CARRIED_OUT");
  EXPECT_EQ(report.read_back, ReadBack::kNotDone);
  EXPECT_EQ(bound_.ByteSizeLong(), 0U);
}

TEST_F(VerifiedCallTest, NoTraceProvesNothingWhileThePlatformMayBeAtWork) {
  transport_.Then(Failure(HttpFailure::kTimedOut));
  transport_.Then(Orders(""));
  transport_.Then(Orders(""));
  const CallReport report = Bind();
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(report.read_back, ReadBack::kUnknown);
}

TEST_F(VerifiedCallTest, AStateThatCannotBeReadLeavesTheDoubt) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  for (int i = 0; i < 3; ++i) transport_.Then(Answer("", 502));
  const CallReport report = Bind();
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(report.read_back, ReadBack::kUnknown);
}

TEST_F(VerifiedCallTest, ALookThatTakesAllTheTimeEndsLateAndSaysThatTheWriteMayHaveHappened) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.on_send = [this] {
    if (transport_.requests.size() > 1) clock_.Advance(absl::Seconds(10));
  };
  for (int i = 0; i < 3; ++i) transport_.Then(Answer("", 502));
  const CallReport report = Bind(absl::Seconds(5));
  EXPECT_EQ(report.status.code(), kDeadlineExceeded);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
}

TEST_F(VerifiedCallTest, ALookWhoseTimeIsUpAMomentBeforeTheDeadlineEndsLateToo) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.on_send = [this] {
    if (transport_.requests.size() > 1) clock_.Advance(absl::Milliseconds(4999));
  };
  transport_.Then(Failure(HttpFailure::kTimedOut));
  const CallReport report = Bind(absl::Seconds(5));
  EXPECT_EQ(report.status.code(), kDeadlineExceeded);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
}

TEST_F(VerifiedCallTest, ARefusalIsNoDoubtAndNobodyLooks) {
  transport_.Then(Answer(R"({"request_id":"r","error":"error_permission","message":"no"})"));
  EXPECT_EQ(Bind().read_back, ReadBack::kNotTried);
  EXPECT_EQ(transport_.requests.size(), 1U);
}

TEST_F(VerifiedCallTest, AnOrderOlderThanTheUnboundListIsHeldWhereItShowsANumber) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  for (int look = 0; look < 2; ++look) {
    transport_.Then(Orders(""));
    transport_.Then(Held("CNF1"));
  }
  EXPECT_EQ(Reason(Call(unbind_all_, &unbound_)), "WRITE_NOT_CARRIED_OUT");
}

TEST_F(VerifiedCallTest, AnOrderOlderThanTheUnboundListWithoutANumberMayHaveBeenFreeBefore) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Orders(""));
  transport_.Then(Held(""));
  const CallReport report = Call(unbind_all_, &unbound_);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(transport_.requests.size(), 3U);
}

TEST_F(VerifiedCallTest, FewerUnusedNumbersThanWereAskedForProveThatNoneWasMade) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  for (int look = 0; look < 2; ++look) {
    transport_.Then(
        Numbers(R"({"first_mile_tracking_number":"CNF1","status":"INIT","declare_date":"2030-01-02"},
                               {"first_mile_tracking_number":"CNF2","status":"INIT","declare_date":"2030-01-03"},
                               {"first_mile_tracking_number":"CNF3","status":"DELIVERED","declare_date":"2030-01-02"})"));
  }
  EXPECT_EQ(Reason(Call(generate_, &generated_)), "WRITE_NOT_CARRIED_OUT");
}

TEST_F(VerifiedCallTest, AsManyUnusedNumbersAsWereAskedForAreNamedSinceTheyMayBeTheFruit) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(
      Numbers(R"({"first_mile_tracking_number":"CNF1","status":"INIT","declare_date":"2030-01-02"},
                             {"first_mile_tracking_number":"CNF2","status":"NOT_AVAILABLE","declare_date":"2030-01-02"})"));
  const CallReport report = Call(generate_, &generated_);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(Info(report).metadata().at("unusedNumbers"), "CNF1,CNF2");
}

}  // namespace
}  // namespace firstmile::flows
