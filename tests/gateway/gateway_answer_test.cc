// Large answers: their limits, and that reading one delays no other call.
#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/gateway_fixture.h"

namespace firstmile::gateway {
namespace {

// A successful envelope of `bytes`.
std::string LargePage(std::size_t bytes) {
  const std::string start = R"({"request_id":"r","error":"","response":{"tracking_number":"MY1","hint":")";
  return absl::StrCat(start, std::string(bytes - start.size() - 3, 'x'), "\"}}");
}

constexpr std::size_t kLarge = codec::kLargeBodyBytes + 1;

class GatewayAnswerTest : public GatewayTest {
 protected:
  ~GatewayAnswerTest() override { Release(); }

  // Keeps the thread that reads large answers busy until Release.
  void Occupy() {
    std::promise<void> begun;
    occupied_ = StartOnLoop(loop_, answer_threads_.Run(loop_, [this, &begun]() -> absl::Status {
      begun.set_value();
      released_.get_future().wait();
      return absl::OkStatus();
    }));
    begun.get_future().wait();
  }
  void Release() {
    if (!occupied_.valid()) return;
    released_.set_value();
    EXPECT_TRUE(occupied_.get().ok());
  }

 private:
  std::promise<void> released_;
  std::future<absl::Status> occupied_;
};

TEST_F(GatewayAnswerTest, ALargeAnswerIsReadAsAnyOther) {
  transport_.Then(Answer(LargePage(kLarge)));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kOk) << report.status.message();
  EXPECT_EQ(report.request_id, "r");
  EXPECT_EQ(read_answer_.tracking_number(), "MY1");
}

TEST_F(GatewayAnswerTest, OthersAreServedWhileALargeAnswerIsRead) {
  Occupy();
  transport_.Then(Answer(LargePage(kLarge)));
  std::future<CallReport> large = StartRead(Context());
  v1::GetTrackingNumberResponse other_answer;
  for (int i = 0; i < 10; ++i) {
    transport_.Then(Answer(kFound));
    v1::GetTrackingNumberRequest other = read_;
    other.set_shop_id(600001 + i);
    EXPECT_EQ(Finish(Start(other, &other_answer, ContextFor(absl::Hours(1)))).status.code(), kOk);
  }
  EXPECT_EQ(large.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  Release();
  EXPECT_EQ(large.get().status.code(), kOk);
}

TEST_F(GatewayAnswerTest, AnAnswerThatNoThreadHasTimeToReadIsRefusedWithItsSize) {
  Occupy();
  std::vector<std::future<CallReport>> waiting;
  std::vector<v1::GetTrackingNumberResponse> answers(kAnswersWaiting);
  for (v1::GetTrackingNumberResponse& answer : answers) {
    transport_.Then(Answer(LargePage(kLarge)));
    waiting.push_back(Start(read_, &answer, ContextFor(absl::Hours(1))));
  }
  transport_.Then(Answer(LargePage(kLarge)));
  const CallReport read = Read();
  EXPECT_EQ(read.status.code(), kResourceExhausted);
  EXPECT_EQ(Reason(read), "SIDECAR_OVERLOADED");
  EXPECT_TRUE(absl::StrContains(read.status.message(), absl::StrCat(kLarge, " bytes")))
      << read.status.message();

  transport_.Then(Answer(LargePage(kLarge)));
  const CallReport write = Write();
  EXPECT_EQ(Reason(write), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(write.unknown_outcome, UnknownOutcome::kAnswerLost);
  Release();
  for (std::future<CallReport>& report : waiting) EXPECT_EQ(report.get().status.code(), kOk);
}

TEST_F(GatewayAnswerTest, JsonHasALimitOfItsOwn) {
  transport_.Then(Answer(kFound));
  Read();
  EXPECT_EQ(transport_.requests[0].answer_bytes_max, codec::kJsonBytesMax);

  v1::GetWaybillRequest waybill;
  waybill.set_shop_id(600000);
  waybill.add_first_mile_tracking_number_list("CNF1");
  v1::GetWaybillResponse file;
  transport_.Then(Answer("%PDF-" + std::string(codec::kJsonBytesMax - 4, 'x'), 200, "application/pdf"));
  EXPECT_EQ(Finish(Start(waybill, &file, Context())).status.code(), kOk);
  EXPECT_EQ(transport_.requests[1].answer_bytes_max, 0U);
  EXPECT_EQ(file.waybill().size(), codec::kJsonBytesMax + 1);

  // A call for a file that gets JSON.
  transport_.Then(Answer(LargePage(codec::kJsonBytesMax + 1)));
  const CallReport report = Finish(Start(waybill, &file, Context()));
  EXPECT_EQ(Reason(report), "ANSWER_TOO_LARGE");
  EXPECT_TRUE(absl::StrContains(report.status.message(), "upstream.max_json_bytes"))
      << report.status.message();
}

TEST_F(GatewayAnswerTest, AnOverlongAnswerNamesTheLimitAndIsNotAskedForAgain) {
  transport_.Then(Failure(HttpFailure::kBodyTooLarge));
  const CallReport read = Read();
  EXPECT_EQ(read.status.code(), kInternal);
  EXPECT_EQ(Reason(read), "ANSWER_TOO_LARGE");
  EXPECT_EQ(read.attempts, 1);
  EXPECT_TRUE(absl::StrContains(read.status.message(), "upstream.max_json_bytes")) << read.status.message();

  transport_.Then(Failure(HttpFailure::kBodyTooLarge));
  const CallReport write = Write();
  EXPECT_EQ(Reason(write), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_TRUE(absl::StrContains(write.status.message(), "upstream.max_json_bytes")) << write.status.message();
}

TEST_F(GatewayAnswerTest, AnAnswerThatExceedsTheMemoryBudgetCanBeRetriedUnlessItIsAWrites) {
  transport_.Then(Failure(HttpFailure::kAnswerDropped));
  const CallReport read = Read();
  EXPECT_EQ(read.status.code(), kResourceExhausted);
  EXPECT_EQ(Reason(read), "SIDECAR_OVERLOADED");
  EXPECT_EQ(read.attempts, 1);
  EXPECT_TRUE(absl::c_any_of(read.status.details(), [](const auto& detail) {
    return detail.template Is<google::rpc::RetryInfo>();
  }));

  transport_.Then(Failure(HttpFailure::kAnswerDropped));
  const CallReport write = Write();
  EXPECT_EQ(Reason(write), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(limits_.breaker_state(), limits::Breaker::State::kClosed);
}

TEST_F(GatewayAnswerTest, OverlongAnswersOfOneShopDoNotCloseTheHostToOthers) {
  for (int i = 0; i < 60; ++i) {
    transport_.Then(Failure(HttpFailure::kBodyTooLarge));
    EXPECT_EQ(Reason(Read()), "ANSWER_TOO_LARGE");
  }
  EXPECT_EQ(limits_.breaker_state(), limits::Breaker::State::kClosed);
}

}  // namespace
}  // namespace firstmile::gateway
