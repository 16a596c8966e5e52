// Files that a sink receives as they arrive, and what the limits record.
#include "absl/strings/match.h"
#include "gateway/file_sink.h"
#include "gateway/gateway_fixture.h"

namespace firstmile::gateway {
namespace {

class KeepingSink final : public FileSink {
 public:
  bool Take(absl::string_view bytes) override {
    taken += std::string(bytes);
    return true;
  }
  std::string taken;
  std::string content_type;

 private:
  void Begin(std::string type, std::int64_t) override { content_type = std::move(type); }
};

class GatewayFileTest : public GatewayTest {
 protected:
  GatewayFileTest() {
    waybill_.set_shop_id(600000);
    waybill_.add_first_mile_tracking_number_list("CNF1");
  }

  std::future<CallReport> StartDownload() {
    CallContext context = Context();
    context.file_sink = &sink_;
    return Start(waybill_, &answer_, std::move(context));
  }
  // From now on Shopee answers each request with the beginning of a file.
  void BeginFiles() {
    transport_.on_send = [this] {
      transport::BodySink& sink = *transport_.requests.back().sink;
      ASSERT_EQ(sink.Choose({200, "application/pdf", 100}, "%PDF"), transport::BodySink::Choice::kMore);
      ASSERT_EQ(sink.Choose({200, "application/pdf", 100}, "%PDF-"), transport::BodySink::Choice::kTake);
      ASSERT_TRUE(sink.Take("%PDF-"));
    };
  }
  static transport::HttpResult Broken(HttpFailure failure) {
    transport::HttpResult result = Failure(failure);
    result.response.sunk_bytes = 5;
    return result;
  }
  limits::Breaker::State BreakerState() {
    limits::Breaker::State state{};
    loop_.Post([&] { state = limits_.breaker_state(); });
    Settle(loop_);
    return state;
  }

  v1::GetWaybillRequest waybill_;
  v1::GetWaybillResponse answer_;
  KeepingSink sink_;
};

TEST_F(GatewayFileTest, ABrokenFileIsNotBegunAnew) {
  BeginFiles();
  transport_.Then(Broken(HttpFailure::kNoAnswer));
  const CallReport report = Finish(StartDownload());
  EXPECT_EQ(report.status.code(), kUnavailable);
  EXPECT_EQ(Reason(report), "UPSTREAM_NO_ANSWER");
  EXPECT_TRUE(absl::StrContains(report.status.message(), "after 5 bytes")) << report.status.message();
  EXPECT_EQ(report.attempts, 1);
  EXPECT_EQ(sink_.content_type, "application/pdf");
}

TEST_F(GatewayFileTest, AnErrorInsteadOfAFileIsTheAnswer) {
  transport_.Then(Answer(kNoPermission, 403));
  const CallReport report = Finish(StartDownload());
  EXPECT_EQ(report.status.code(), kPermissionDenied);
  EXPECT_EQ(sink_.taken, "");
}

TEST_F(GatewayFileTest, WhatIsNoFileIsLeftToTheAnswerWhateverItsMediaType) {
  const struct {
    const char* type;
    const char* body;
  } kAnswers[] = {{"application/pdf", "<html>Bad gateway</html>"},
                  {"application/octet-stream", "<?xml version=\"1.0\"?><Error/>"},
                  {"", "null"},
                  {"application/json", "[\"a\"]"}};
  for (const auto& answer : kAnswers) {
    transport_.on_send = [this, &answer] {
      EXPECT_EQ(transport_.requests.back().sink->Choose({200, answer.type, 100}, answer.body),
                transport::BodySink::Choice::kLeave);
    };
    waybill_.set_shop_id(waybill_.shop_id() + 1);  // it has its own retry budget
    for (int i = 0; i < 3; ++i) transport_.Then(Answer(answer.body, 200, answer.type));
    const CallReport report = Finish(StartDownload());
    EXPECT_EQ(Reason(report), "ANSWER_UNREADABLE") << answer.body;
    EXPECT_TRUE(absl::StrContains(report.status.message(), answer.body)) << report.status.message();
    EXPECT_EQ(sink_.taken, "");
  }
}

TEST_F(GatewayFileTest, AFileUnderATypeOfTextsOrOfAnotherKindHasTheTypeOfItsKind) {
  for (const char* type : {"", "text/html", "application/json; charset=utf-8", "application/xml",
                           "application/pdf", " image/png"}) {
    transport_.Then(Answer("PK\x03\x04 and more", 200, type));
    ASSERT_EQ(Finish(Start(waybill_, &answer_, Context())).status.code(), kOk) << type;
    EXPECT_EQ(answer_.content_type(), "application/zip") << type;
  }
  transport_.Then(Answer("PK\x03\x04 and more", 200, "application/octet-stream"));
  ASSERT_EQ(Finish(Start(waybill_, &answer_, Context())).status.code(), kOk);
  EXPECT_EQ(answer_.content_type(), "application/octet-stream");
}

TEST_F(GatewayFileTest, TheBeginningOfAFileShowsThatShopeeAnswers) {
  for (int i = 0; i < 20; ++i) {
    transport_.Then(Failure(HttpFailure::kNoAnswer));
    Write();
    clock_.Advance(absl::Milliseconds(100));
  }
  ASSERT_NE(BreakerState(), limits::Breaker::State::kClosed);
  clock_.Advance(absl::Seconds(2));
  BeginFiles();
  std::future<CallReport> reading = StartDownload();  // the probe, with a slow reader
  Settle(loop_);
  EXPECT_EQ(BreakerState(), limits::Breaker::State::kClosed);
  stop_.request_stop();
  EXPECT_EQ(Finish(std::move(reading)).status.code(), kCancelled);
}

TEST_F(GatewayFileTest, ReadersThatCancelDoNotLowerTheirShopsLimit) {
  for (int i = 0; i < 8; ++i) {
    BeginFiles();
    stop_ = {};
    std::future<CallReport> reading = StartDownload();
    Settle(loop_);
    clock_.Advance(absl::Seconds(10));
    stop_.request_stop();
    Finish(std::move(reading));
  }
  transport_.on_send = nullptr;
  stop_ = {};
  std::vector<std::future<CallReport>> calls;
  for (int i = 0; i < 4; ++i) calls.push_back(StartRead(Context()));
  Settle(loop_);
  EXPECT_EQ(Sent(), 8U + 4U) << "all leave at once";
  stop_.request_stop();
  for (auto& call : calls) Finish(std::move(call));
}

TEST_F(GatewayFileTest, FilesDoNotTakeConnectionsFromOthers) {
  BeginFiles();
  std::vector<std::future<CallReport>> readings;
  for (int i = 0; i < 70; ++i) {
    waybill_.set_shop_id(600000 + i);
    readings.push_back(StartDownload());
    clock_.Advance(absl::Milliseconds(20));
    Settle(loop_);
  }
  EXPECT_EQ(Sent(), 64U);
  transport_.on_send = nullptr;
  transport_.Then(Answer(kFound));
  EXPECT_EQ(Read().status.code(), kOk);
  stop_.request_stop();
  for (auto& reading : readings) EXPECT_EQ(Finish(std::move(reading)).status.code(), kCancelled);
}

TEST_F(GatewayFileTest, OneShopsReadersDoNotTakeFilesFromOthers) {
  BeginFiles();
  std::vector<std::future<CallReport>> readings;
  for (int i = 0; i < 20; ++i) {
    readings.push_back(StartDownload());
    clock_.Advance(absl::Milliseconds(20));
    Settle(loop_);
  }
  EXPECT_EQ(Sent(), 16U);
  waybill_.set_shop_id(600001);
  readings.push_back(StartDownload());
  Settle(loop_);
  EXPECT_EQ(Sent(), 17U);
  stop_.request_stop();
  for (auto& reading : readings) EXPECT_EQ(Finish(std::move(reading)).status.code(), kCancelled);
}

TEST_F(GatewayFileTest, ADownloadThatWaitsIsRefusedWhenTheBreakerOpens) {
  BeginFiles();
  std::vector<std::future<CallReport>> readings;
  for (int i = 0; i < 17; ++i) {
    readings.push_back(StartDownload());
    clock_.Advance(absl::Milliseconds(20));
    Settle(loop_);
  }
  transport_.on_send = nullptr;
  for (int i = 0; i < 20; ++i) {
    transport_.Then(Failure(HttpFailure::kNoAnswer));
    Write();
    clock_.Advance(absl::Milliseconds(100));
  }
  EXPECT_EQ(Reason(Finish(std::move(readings.back()))), "UPSTREAM_CIRCUIT_OPEN");
  readings.pop_back();
  stop_.request_stop();
  for (auto& reading : readings) Finish(std::move(reading));
}

}  // namespace
}  // namespace firstmile::gateway
