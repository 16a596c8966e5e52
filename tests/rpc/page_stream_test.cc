// Page streams from the client's view, over real sockets on both sides.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "support/sidecar_fixture.h"

namespace firstmile::rpc {
namespace {

constexpr char kUnbind[] = "/api/v2/first_mile/get_unbind_order_list";

class PageStreamTest : public ::firstmile::testing::SidecarTest {
 protected:
  void SetUp() override { StartSidecar(); }

  static v1::StreamUnbindOrdersRequest Request(std::initializer_list<std::int64_t> shops,
                                               int page_size = 10) {
    v1::StreamUnbindOrdersRequest request;
    for (const std::int64_t shop : shops) request.add_shop_ids(shop);
    request.set_page_size(page_size);
    return request;
  }

  struct Outcome {
    std::vector<v1::StreamUnbindOrdersResponse> frames;
    grpc::Status status;
  };
  Outcome ReadAll(const v1::StreamUnbindOrdersRequest& request) {
    grpc::ClientContext context;
    auto stream = first_mile_->StreamUnbindOrders(&context, request);
    Outcome outcome;
    v1::StreamUnbindOrdersResponse frame;
    while (stream->Read(&frame)) outcome.frames.push_back(frame);
    outcome.status = stream->Finish();
    return outcome;
  }
};

TEST_F(PageStreamTest, DeliversEveryRowOnceInPagesAndMarksTheLast) {
  const Outcome outcome = ReadAll(Request({600000}));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  std::set<std::string> orders;
  std::size_t rows = 0;
  for (const auto& frame : outcome.frames) {
    EXPECT_EQ(frame.shop_id(), 600000);
    EXPECT_EQ(frame.last(), &frame == &outcome.frames.back());
    EXPECT_EQ(frame.resume_cursor().empty(), frame.last());
    for (const auto& order : frame.page().order_list()) {
      ++rows;
      orders.insert(order.order_sn() + "/" + order.package_number());
    }
  }
  EXPECT_GE(outcome.frames.size(), 25U);
  EXPECT_EQ(rows, orders.size());
  EXPECT_GE(rows, 250U);
}

TEST_F(PageStreamTest, ResumesWhereAnEarlierStreamEnded) {
  const Outcome whole = ReadAll(Request({600000}));
  v1::StreamUnbindOrdersRequest request = Request({600000});
  v1::StreamResume* resume = request.add_resume();
  resume->set_shop_id(600000);
  resume->set_resume_cursor(whole.frames[9].resume_cursor());
  const Outcome rest = ReadAll(request);
  ASSERT_TRUE(rest.status.ok());
  ASSERT_EQ(rest.frames.size(), whole.frames.size() - 10);
  EXPECT_EQ(rest.frames[0].page().order_list(0).order_sn(), whole.frames[10].page().order_list(0).order_sn());
}

TEST_F(PageStreamTest, ACursorTooLongToBeSentBackEndsTheShopAndNotTheHost) {
  const std::string body =
      absl::StrCat(R"({"request_id":"r","error":"","response":{"more":true,"next_cursor":")",
                   std::string(200'000, 'c'), R"(","order_list":[]}})");
  AnswerWith(kUnbind, body, 0, 1, 200);
  const Outcome outcome = ReadAll(Request({600000}));
  EXPECT_EQ(ReasonOf(outcome.status), "ANSWER_UNREADABLE");
  EXPECT_THAT(outcome.status.error_message(),
              ::testing::HasSubstr("200000 bytes; the sidecar sends back at most 1024"));
  EXPECT_TRUE(ReadAll(Request({600000})).status.ok());
}

TEST_F(PageStreamTest, AnEmptyPageWithACursorIsNotTheEnd) {
  AnswerWith(kUnbind,
             R"({"request_id":"r","error":"","response":{"more":true,"next_cursor":"5","order_list":[]}})");
  AnswerWith(
      kUnbind,
      R"({"request_id":"r","error":"","response":{"more":false,"next_cursor":"","order_list":[{"order_sn":"A"}]}})");
  const Outcome outcome = ReadAll(Request({600000}));
  ASSERT_TRUE(outcome.status.ok());
  ASSERT_EQ(outcome.frames.size(), 2U);
  EXPECT_EQ(outcome.frames[0].page().order_list_size(), 0);
  EXPECT_EQ(outcome.frames[0].resume_cursor(), "5");
  EXPECT_EQ(outcome.frames[1].page().order_list(0).order_sn(), "A");
}

TEST_F(PageStreamTest, ACursorThatDoesNotMoveEndsWithAnError) {
  AnswerWith(kUnbind, R"({"request_id":"r","error":"","response":{"more":true,"next_cursor":"5"}})", 0, -1);
  const Outcome outcome = ReadAll(Request({600000}));
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(ReasonOf(outcome.status), "CURSOR_STUCK");
  EXPECT_EQ(emulator_.RequestCount(kUnbind), 2U);
}

TEST_F(PageStreamTest, MoreWithoutACursorEndsWithAnErrorAfterThePage) {
  AnswerWith(kUnbind,
             R"({"request_id":"r","error":"","response":{"more":true,"order_list":[{"order_sn":"A"}]}})");
  const Outcome outcome = ReadAll(Request({600000}));
  EXPECT_EQ(ReasonOf(outcome.status), "CURSOR_STUCK");
  ASSERT_EQ(outcome.frames.size(), 1U);
  EXPECT_EQ(outcome.frames[0].page().order_list(0).order_sn(), "A");
  EXPECT_FALSE(outcome.frames[0].last());
}

TEST_F(PageStreamTest, CursorsThatGoRoundEndSoonAndTheirPagesArrive) {
  const auto answer = [this](const std::string& cursor, int skip) {
    AnswerWith(kUnbind,
               absl::StrCat(R"({"error":"","response":{"more":true,"next_cursor":")", cursor,
                            R"(","order_list":[{"order_sn":"before )", cursor, R"("}]}})"),
               skip);
  };
  for (int i = 0; i < 20; ++i) answer(i % 2 == 0 ? "10" : "20", 0);
  const Outcome outcome = ReadAll(Request({600000}));
  EXPECT_EQ(ReasonOf(outcome.status), "CURSOR_STUCK");
  EXPECT_LT(emulator_.RequestCount(kUnbind), 6U);
  ASSERT_EQ(outcome.frames.size(), emulator_.RequestCount(kUnbind));
  for (const auto& frame : outcome.frames) EXPECT_EQ(frame.page().order_list_size(), 1);
  EXPECT_THAT(outcome.frames.back().resume_cursor(), ::testing::AnyOf("10", "20"))
      << "the page can be asked for again";
}

TEST_F(PageStreamTest, OfManyShopsOneWhoseCursorIsStuckFailsAfterItsPage) {
  emulator::Fault fault;
  fault.path = kUnbind;
  fault.shop_id = 600001;
  fault.status = 200;
  fault.body = R"({"error":"","response":{"more":true,"next_cursor":"5","order_list":[{"order_sn":"A"}]}})";
  emulator_.SetFault(fault);
  const Outcome outcome = ReadAll(Request({600001, 600002}));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  int pages = 0;
  int failures = 0;
  for (const auto& frame : outcome.frames) {
    if (frame.shop_id() != 600001) continue;
    pages += frame.page().order_list_size();
    if (!frame.has_failure()) continue;
    ++failures;
    EXPECT_EQ(frame.failure().reason(), v1::ERROR_REASON_CURSOR_STUCK);
    EXPECT_TRUE(frame.last());
  }
  EXPECT_EQ(pages, 2);
  EXPECT_EQ(failures, 1);
}

TEST_F(PageStreamTest, WhereMoreCannotBeReadTheCursorDecides) {
  AnswerWith(kUnbind,
             R"({"error":"","response":{"more":"maybe","next_cursor":"5","order_list":[{"order_sn":"A"}]}})");
  AnswerWith(kUnbind, R"({"error":"","response":{"more":"maybe","order_list":[{"order_sn":"B"}]}})");
  const Outcome outcome = ReadAll(Request({600000}));
  EXPECT_EQ(ReasonOf(outcome.status), "ANSWER_UNREADABLE") << "it is unknown whether the list is whole";
  ASSERT_EQ(outcome.frames.size(), 2U);
  EXPECT_EQ(outcome.frames[1].page().order_list(0).order_sn(), "B");
}

TEST_F(PageStreamTest, AFailureOnPageThreeComesAfterThePagesBeforeIt) {
  AnswerWith(kUnbind, R"({"request_id":"r","error":"error_permission","message":"no"})", 2);
  const Outcome outcome = ReadAll(Request({600000}));
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  ASSERT_EQ(outcome.frames.size(), 2U);
  EXPECT_FALSE(outcome.frames[1].resume_cursor().empty());
}

TEST_F(PageStreamTest, APageThatFailsInPassingIsReadAgain) {
  AnswerWith(kUnbind, "<html>", 2, 1, 502);
  const Outcome outcome = ReadAll(Request({600000}));
  EXPECT_TRUE(outcome.status.ok()) << outcome.status.error_message();
}

TEST_F(PageStreamTest, OfManyShopsOneThatFailsIsAFrameAndTheOthersGoOn) {
  emulator::Fault fault;
  fault.path = kUnbind;
  fault.shop_id = 600001;
  fault.skip = 1;
  fault.status = 200;
  fault.body = R"({"request_id":"r","error":"shop_banned","message":"banned"})";
  emulator_.SetFault(fault);
  const Outcome outcome = ReadAll(Request({600000, 600001, 600002}));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  std::map<std::int64_t, int> last;
  std::string second_cursor;
  for (const auto& frame : outcome.frames) {
    if (frame.last()) ++last[frame.shop_id()];
    if (frame.shop_id() == 600001 && frame.has_page()) second_cursor = frame.resume_cursor();
    if (!frame.has_failure()) continue;
    EXPECT_EQ(frame.shop_id(), 600001);
    EXPECT_EQ(frame.failure().code(), v1::CANONICAL_CODE_PERMISSION_DENIED);
    EXPECT_EQ(frame.failure().reason(), v1::ERROR_REASON_ACCOUNT_BANNED);
    EXPECT_EQ(frame.failure().vendor_code(), "shop_banned");
    EXPECT_EQ(frame.failure().vendor_message(), "banned");
    EXPECT_EQ(frame.failure().request_id(), "r");
    EXPECT_EQ(frame.failure().http_status(), 200);
    EXPECT_EQ(frame.resume_cursor(), second_cursor);
  }
  EXPECT_EQ(last, (std::map<std::int64_t, int>{{600000, 1}, {600001, 1}, {600002, 1}}));
}

TEST_F(PageStreamTest, AShopNamedTwiceIsListedOnce) {
  const Outcome outcome = ReadAll(Request({600001, 600001}, 100));
  ASSERT_TRUE(outcome.status.ok());
  int last = 0;
  for (const auto& frame : outcome.frames) last += frame.last() ? 1 : 0;
  EXPECT_EQ(last, 1);
}

TEST_F(PageStreamTest, BadInputIsRefusedWithoutAnUpstreamCall) {
  const Outcome outcome = ReadAll(Request({600000}, 101));
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReadAll(Request({}, 10)).status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(emulator_.counters().total_requests, 0U);
}

// The client does not read: flow control fills, and the sidecar stops fetching pages.
TEST_F(PageStreamTest, ASlowReaderIsNotOutrun) {
  std::string rows;
  for (int i = 0; i < 100; ++i) {
    rows += (i == 0 ? "" : ",") + std::string(R"({"order_sn":")") + std::string(2000, 'x') + "\"}";
  }
  for (int page = 0; page < 100; ++page) {
    AnswerWith(kUnbind, R"({"request_id":"r","error":"","response":{"more":true,"next_cursor":")" +
                            std::to_string(page + 1) + R"(","order_list":[)" + rows + "]}}");
  }
  grpc::ClientContext context;
  auto stream = first_mile_->StreamUnbindOrders(&context, Request({600000}));
  v1::StreamUnbindOrdersResponse frame;
  ASSERT_TRUE(stream->Read(&frame));
  // 100 pages of 200 KB are far more than the windows of one HTTP/2 stream.
  std::uint64_t asked = 0;
  for (int quiet = 0; quiet < 200; ++quiet) {
    const std::uint64_t now = emulator_.RequestCount(kUnbind);
    if (now != asked) quiet = 0;
    asked = now;
    std::this_thread::yield();
    v1::GetTrackingNumberResponse response;
    v1::GetTrackingNumberRequest request;
    request.set_shop_id(600000);
    request.set_order_sn("201214JASXYXY6");
    grpc::ClientContext other;
    ASSERT_TRUE(logistics_->GetTrackingNumber(&other, request, &response).ok());
  }
  EXPECT_LT(asked, 50U);
  context.TryCancel();
}

TEST_F(PageStreamTest, AReaderThatGoesAwayCostsAtMostOneMorePage) {
  Misbehave(kUnbind, emulator::Fault::Action::kNeverAnswer, 2);
  grpc::ClientContext context;
  auto stream = first_mile_->StreamUnbindOrders(&context, Request({600000}));
  v1::StreamUnbindOrdersResponse frame;
  ASSERT_TRUE(stream->Read(&frame));
  ASSERT_TRUE(stream->Read(&frame));
  Await([this](const emulator::Counters&) {
    return emulator_.RequestCount(kUnbind) == 3;
  });  // the prefetched page
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  Await([](const emulator::Counters& now) { return now.in_flight == 0; });
  EXPECT_EQ(emulator_.RequestCount(kUnbind), 3U);
}

TEST_F(PageStreamTest, EndsAtItsDeadline) {
  Misbehave(kUnbind, emulator::Fault::Action::kNeverAnswer, 2);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(300));
  auto stream = first_mile_->StreamUnbindOrders(&context, Request({600000}));
  v1::StreamUnbindOrdersResponse frame;
  while (stream->Read(&frame)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  Await([](const emulator::Counters& now) { return now.in_flight == 0; });
}

// Shops on different loops, read in parallel.
class ManyLoopsTest : public PageStreamTest {
 protected:
  void SetUp() override {
    settings_.event_loops = 4;
    settings_.stream_shops_in_parallel = 3;
    StartSidecar();
  }
};

TEST_F(ManyLoopsTest, ShopsOnSeveralLoopsArriveWhole) {
  const Outcome outcome = ReadAll(Request({600000, 600001, 600002, 600003, 600004}));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  std::map<std::int64_t, int> rows;
  for (const auto& frame : outcome.frames) rows[frame.shop_id()] += frame.page().order_list_size();
  EXPECT_EQ(rows.size(), 5U);
  for (const auto& [shop, count] : rows) EXPECT_GE(count, 30) << shop;
}

TEST_F(ManyLoopsTest, CancelsAtAnyMomentEndTheStreamOnce) {
  for (int pages = 0; pages < 30; ++pages) {
    grpc::ClientContext context;
    auto stream =
        first_mile_->StreamUnbindOrders(&context, Request({600000, 600001, 600002, 600003, 600004}));
    v1::StreamUnbindOrdersResponse frame;
    for (int i = 0; i < pages && stream->Read(&frame); ++i) {
    }
    context.TryCancel();
    const grpc::StatusCode code = stream->Finish().error_code();
    EXPECT_TRUE(code == grpc::StatusCode::CANCELLED || code == grpc::StatusCode::OK);
  }
  Await([](const emulator::Counters& now) { return now.in_flight == 0; });
}

}  // namespace
}  // namespace firstmile::rpc
