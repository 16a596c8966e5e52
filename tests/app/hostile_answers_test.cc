// What a shop whose answers are hostile leaves to the others, who live on the same event loop.
#include <gmock/gmock.h>

#include <deque>
#include <future>

#include "support/sidecar_fixture.h"

namespace firstmile::app {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kHostile = emulator::kFirstShopId;
constexpr std::int64_t kHealthy = emulator::kFirstShopId + 1;
constexpr std::size_t kMegabyte = std::size_t{1} << 20;

class HostileAnswersTest : public ::firstmile::testing::SidecarTest {
 protected:
  struct Call {
    grpc::ClientContext context;
    v1::FirstMileServiceGetChannelListRequest request;
    v1::FirstMileServiceGetChannelListResponse response;
    std::promise<grpc::Status> end;
    std::future<grpc::Status> status = end.get_future();
  };

  void SetUp() override {
    settings_.event_loops = 1;
    settings_.gateway.attempts_max = 1;
    StartSidecar();
  }

  Call& Start(std::int64_t shop) {
    Call& call = calls_.emplace_back();
    call.request.set_shop_id(shop);
    call.context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
    first_mile_->async()->GetChannelList(
        &call.context, &call.request, &call.response,
        [&call](grpc::Status status) { call.end.set_value(std::move(status)); });
    return call;
  }
  grpc::Status Ask(std::int64_t shop) { return Start(shop).status.get(); }
  void AnswerHostileShopWith(std::string body) {
    emulator::Fault fault;
    fault.shop_id = kHostile;
    fault.status = 200;
    fault.body = std::move(body);
    emulator_.ClearFaults();
    emulator_.SetFault(fault);
  }
  // `unit` again and again within an envelope that is never closed.
  static std::string Endless(const std::string& start, const std::string& unit, std::size_t bytes) {
    std::string body = start;
    while (body.size() + unit.size() <= bytes) body += unit;
    return body;
  }
  // The hostile shop's calls end with `reason`, and the healthy shop is served before, beside and after them.
  void ExpectHarmless(const std::string& reason) {
    std::vector<Call*> hostile;
    for (int i = 0; i < 4; ++i) {
      hostile.push_back(&Start(kHostile));
      const grpc::Status healthy = Ask(kHealthy);
      EXPECT_TRUE(healthy.ok()) << healthy.error_message();
    }
    for (Call* call : hostile) {
      const grpc::Status status = call->status.get();
      EXPECT_EQ(ReasonOf(status), reason) << status.error_message();
      message_ = status.error_message();
    }
    const grpc::Status healthy = Ask(kHealthy);
    EXPECT_TRUE(healthy.ok()) << healthy.error_message();
  }

  std::deque<Call> calls_;
  std::string message_;
};

TEST_F(HostileAnswersTest, ThirtyOneMegabytesEndAtTheLimitOfJson) {
  AnswerHostileShopWith(Endless(R"({"error":"","response":{"a":")", "\x01", 31 * kMegabyte));
  ExpectHarmless("ANSWER_TOO_LARGE");
  EXPECT_THAT(message_, HasSubstr("more than 8388608 bytes (upstream.max_json_bytes;"));
}

TEST_F(HostileAnswersTest, MegabytesOfFaultsAreUnreadable) {
  for (const auto& [unit, words] : {std::pair("\x01", "does not end"), std::pair("\\ud83d", "does not end"),
                                    std::pair("\xFF", "does not end")}) {
    AnswerHostileShopWith(Endless(R"({"error":"","response":{"a":")", unit, 8 * kMegabyte));
    ExpectHarmless("ANSWER_UNREADABLE");
    EXPECT_THAT(message_, HasSubstr(words));
  }
}

TEST_F(HostileAnswersTest, MillionsOfRowsAreUnreadable) {
  AnswerHostileShopWith(
      Endless(R"({"error":"","response":{"logistics_channel_list":[{})", ",{}", 8 * kMegabyte - 10) + "]}}");
  ExpectHarmless("ANSWER_UNREADABLE");
  EXPECT_THAT(message_, HasSubstr("more than 100000 list elements"));
}

TEST_F(HostileAnswersTest, MillionsOfUnknownMembersAreCounted) {
  AnswerHostileShopWith(Endless(R"({"error":"","response":{"m":1)", ",\"m\":[]", 8 * kMegabyte - 10) + "}}");
  Call& call = Start(kHostile);
  EXPECT_TRUE(call.status.get().ok());
  EXPECT_LE(call.response.header().unmodeled_fields_size(), 64);
  EXPECT_TRUE(Ask(kHealthy).ok());
}

}  // namespace
}  // namespace firstmile::app
