// What the admin port of a whole sidecar shows after real calls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "support/metrics_page.h"
#include "support/token_fixture.h"
#include "support/visitor.h"

namespace firstmile::testing {
namespace {

using boost::beast::http::status;
using boost::beast::http::verb;

constexpr char kOperation[] = "LogisticsService/GetTrackingNumber";
constexpr char kPath[] = "/api/v2/logistics/get_tracking_number";

class AdminTest : public StoredTokensTest {
 protected:
  void SetUp() override {
    settings_.metrics_listen = "127.0.0.1:0";
    settings_.drain_timeout = std::chrono::milliseconds(100);
    StartSidecar();
  }
  Visitor::Response Get(const std::string& target) {
    return Visitor(sidecar_->admin_address()).Ask(verb::get, target);
  }
  MetricsPage Page() { return MetricsPage(Get("/metrics").body()); }
  std::optional<double> Calls(absl::string_view code, absl::string_view reason) {
    return Page().Value("firstmile_calls_total",
                        {{"operation", kOperation}, {"code", code}, {"reason", reason}});
  }
  std::optional<double> Attempts(absl::string_view outcome) {
    return Page().Value("firstmile_upstream_attempts_total",
                        {{"operation", kOperation}, {"outcome", outcome}});
  }
};

TEST_F(AdminTest, ACallAndItsAttemptAreCounted) {
  EXPECT_EQ(Calls("OK", ""), std::nullopt);
  ASSERT_TRUE(Ask().ok());
  EXPECT_EQ(Calls("OK", ""), 1);
  EXPECT_EQ(Attempts("answered"), 1);
  const MetricsPage page = Page();
  for (const char* histogram :
       {"firstmile_call_duration_seconds", "firstmile_upstream_attempt_duration_seconds",
        "firstmile_queue_wait_seconds", "firstmile_call_attempts"}) {
    EXPECT_EQ(page.Value(std::string(histogram) + "_count", {{"operation", kOperation}}), 1) << histogram;
  }
}

TEST_F(AdminTest, AFailureIsCountedWithItsReason) {
  AnswerWith(kPath,
             R"({"error":"logistics.invalid_error","message":"The order is not exist.","response":{}})");
  ASSERT_FALSE(Ask().ok());
  EXPECT_EQ(Calls("NOT_FOUND", "NOT_FOUND"), 1);
  EXPECT_EQ(Attempts("refused"), 1);
}

TEST_F(AdminTest, ARequestThatIsNotSentHasNoAttempt) {
  grpc::ClientContext context;
  v1::GetTrackingNumberResponse response;
  ASSERT_FALSE(logistics_->GetTrackingNumber(&context, {}, &response).ok());
  EXPECT_EQ(Calls("INVALID_ARGUMENT", "REQUEST_INVALID"), 1);
  EXPECT_EQ(Page().families().count("firstmile_upstream_attempts_total"), 0U);
}

TEST_F(AdminTest, AReadThatWasTriedAgainShowsBothAttempts) {
  Misbehave(kPath, emulator::Fault::Action::kClose, 0, 1);
  ASSERT_TRUE(Ask().ok());
  EXPECT_EQ(Attempts("no_answer"), 1);
  EXPECT_EQ(Attempts("answered"), 1);
  EXPECT_EQ(Page().Value("firstmile_call_attempts_sum", {{"operation", kOperation}}), 2);
}

TEST_F(AdminTest, TokenEventsAreCounted) {
  LogIn(emulator::kFirstShopId);
  EXPECT_EQ(Page().Value("firstmile_token_events_total", {{"event", "authorized"}}), 1);
  EndAccessTokens();
  ASSERT_TRUE(Ask().ok());
  EXPECT_EQ(Page().Value("firstmile_token_events_total", {{"event", "refreshed"}}), 1);
  EXPECT_EQ(Page().Value("firstmile_calls_total",
                         {{"operation", "AuthService/ExchangeCode"}, {"code", "OK"}, {"reason", ""}}),
            1);
}

TEST_F(AdminTest, NoLabelNamesAShop) {
  LogIn(emulator::kFirstShopId);
  ASSERT_TRUE(Ask().ok());
  const std::string shop = absl::StrCat(emulator::kFirstShopId);
  const MetricsPage page = Page();
  for (const auto& [name, family] : page.families()) {
    for (const MetricsPage::Series& series : family.series) {
      for (const auto& [label, value] : series.labels) EXPECT_FALSE(absl::StrContains(value, shop)) << name;
    }
  }
}

TEST_F(AdminTest, CallsInFlightAreThoseThatHaveNotEnded) {
  emulator_.SetNeverAnswer(true);
  auto call = std::async(std::launch::async, [this] { return Ask(); });
  while (Page().Value("firstmile_calls_in_flight", {}) != 1) std::this_thread::yield();
  sidecar_->Drain();
  EXPECT_FALSE(call.get().ok());
  while (Page().Value("firstmile_calls_in_flight", {}) != 0) std::this_thread::yield();
}

TEST_F(AdminTest, IsReadyUntilTheDrainAndAliveAfterIt) {
  EXPECT_EQ(Get("/readiness").result(), status::ok);
  EXPECT_EQ(Get("/liveness").result(), status::ok);
  sidecar_->Drain();
  EXPECT_EQ(Get("/readiness").result(), status::service_unavailable);
  EXPECT_EQ(Get("/liveness").result(), status::ok);
}

}  // namespace
}  // namespace firstmile::testing
