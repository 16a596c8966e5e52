// What the page of metrics promises: the list of metrics, sums that are right, and no growth without a bound.
#include "ops/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "support/metrics_page.h"

namespace firstmile::ops {
namespace {

using ::firstmile::testing::MetricsPage;

constexpr absl::string_view kDetail = "FirstMileService/GetDetail";
constexpr absl::string_view kBind = "FirstMileService/BindFirstMileTrackingNumber";
constexpr int kOk = 0;
constexpr int kNotFound = 5;
constexpr int kInternal = 13;

class MetricsTest : public ::testing::Test {
 protected:
  MetricsPage Page() const { return MetricsPage(metrics_.Text()); }
  void TouchAll();

  Metrics metrics_{{std::string(kDetail), std::string(kBind)}};
};

void MetricsTest::TouchAll() {
  metrics_.CountCall({.operation = kDetail,
                      .code = kNotFound,
                      .reason = "NOT_FOUND",
                      .duration = absl::Milliseconds(20),
                      .attempts = 2,
                      .unknown_fields = 3,
                      .unknown_enum_values = 4});
  for (int outcome = 0; outcome < kAttemptOutcomes; ++outcome) {
    metrics_.CountAttempt(kDetail, static_cast<AttemptOutcome>(outcome), absl::Milliseconds(10));
  }
  for (int outcome = 0; outcome < kReadBackOutcomes; ++outcome) {
    metrics_.CountReadBack(kBind, static_cast<ReadBackOutcome>(outcome));
  }
  metrics_.CountQueueWait(kDetail, absl::Milliseconds(1));
  metrics_.CountRateLimited(kDetail);
  metrics_.CountUnknownCode(kDetail);
  metrics_.CountClockCorrection(absl::Seconds(-400));
  metrics_.CountTokenEvent("refreshed");
}

TEST_F(MetricsTest, NamesTypesLabelsAndHelpAreThoseOfTheGoldenList) {
  TouchAll();
  const std::string listed = Page().Description();
  if (std::getenv("UPDATE_GOLDENS") != nullptr) std::ofstream(FIRSTMILE_METRICS_GOLDEN) << listed;
  std::stringstream golden;
  golden << std::ifstream(FIRSTMILE_METRICS_GOLDEN).rdbuf();
  EXPECT_EQ(listed, golden.str())
      << "operators have dashboards and alerts on these; to change them on purpose: "
         "UPDATE_GOLDENS=1";
}

TEST_F(MetricsTest, NamesFollowTheRulesOfPrometheus) {
  TouchAll();
  const MetricsPage page = Page();
  for (const auto& [name, family] : page.families()) {
    EXPECT_EQ(absl::EndsWith(name, "_total"), family.type == "counter") << name;
    EXPECT_TRUE(absl::StartsWith(name, "firstmile_") || absl::StartsWith(name, "process_")) << name;
    EXPECT_FALSE(family.help.empty()) << name;
    EXPECT_FALSE(absl::StrContains(name, "milliseconds")) << name;
  }
}

TEST_F(MetricsTest, ACallCountsByItsOperationCodeAndReason) {
  metrics_.CountCall({.operation = kDetail, .code = kOk, .reason = "", .duration = absl::Milliseconds(20)});
  metrics_.CountCall({.operation = kDetail, .code = kOk, .reason = "", .duration = absl::Milliseconds(30)});
  metrics_.CountCall({.operation = kDetail, .code = kNotFound, .reason = "NOT_FOUND", .duration = {}});
  const MetricsPage page = Page();
  EXPECT_EQ(page.Value("firstmile_calls_total", {{"operation", kDetail}, {"code", "OK"}, {"reason", ""}}), 2);
  EXPECT_EQ(page.Value("firstmile_calls_total",
                       {{"operation", kDetail}, {"code", "NOT_FOUND"}, {"reason", "NOT_FOUND"}}),
            1);
  EXPECT_EQ(page.Value("firstmile_call_duration_seconds_count", {{"operation", kDetail}}), 3);
  EXPECT_NEAR(*page.Value("firstmile_call_duration_seconds_sum", {{"operation", kDetail}}), 0.05, 1e-9);
  EXPECT_EQ(page.Value("firstmile_call_duration_seconds_bucket", {{"operation", kDetail}, {"le", "0.025"}}),
            2);
}

TEST_F(MetricsTest, ACallThatMadeNoAttemptIsNotAmongTheAttempts) {
  metrics_.CountCall({.operation = kDetail, .code = kInternal, .reason = "X", .duration = {}, .attempts = 0});
  metrics_.CountCall({.operation = kDetail, .code = kOk, .reason = "", .duration = {}, .attempts = 3});
  const MetricsPage page = Page();
  EXPECT_EQ(page.Value("firstmile_call_attempts_count", {{"operation", kDetail}}), 1);
  EXPECT_EQ(page.Value("firstmile_call_attempts_sum", {{"operation", kDetail}}), 3);
  EXPECT_EQ(page.Value("firstmile_call_attempts_bucket", {{"operation", kDetail}, {"le", "2"}}), 0);
}

TEST_F(MetricsTest, OperationsOutsideTheContractAreOneLabel) {
  for (int i = 0; i < 1000; ++i) {
    metrics_.CountAttempt(absl::StrCat("Service/Rpc", i), AttemptOutcome::kAnswered, absl::ZeroDuration());
  }
  const auto series = Page().families().at("firstmile_upstream_attempts_total").series;
  ASSERT_EQ(series.size(), 1);
  EXPECT_EQ(series[0].labels.at("operation"), Metrics::kOther);
  EXPECT_EQ(series[0].value, 1000);
}

TEST_F(MetricsTest, ReasonsBeyondTheLimitOfAnOperationCountAsOther) {
  constexpr int kReasons = 10'000;
  for (int i = 0; i < kReasons; ++i) {
    const std::string reason = absl::StrCat("REASON_", i);
    metrics_.CountCall({.operation = kDetail, .code = kInternal, .reason = reason, .duration = {}});
  }
  metrics_.CountCall({.operation = kDetail, .code = kNotFound, .reason = "NEW", .duration = {}});
  metrics_.CountCall({.operation = kDetail, .code = kInternal, .reason = "REASON_0", .duration = {}});
  metrics_.CountCall({.operation = kBind, .code = kInternal, .reason = "NEW", .duration = {}});
  const MetricsPage page = Page();
  const auto count = [&page](absl::string_view operation, absl::string_view code, absl::string_view reason) {
    return page.Value("firstmile_calls_total",
                      {{"operation", operation}, {"code", code}, {"reason", reason}});
  };
  constexpr std::size_t kMax = Metrics::kOutcomesPerOperationMax;
  EXPECT_EQ(count(kDetail, "INTERNAL", "OTHER"), kReasons - kMax);
  EXPECT_EQ(count(kDetail, "NOT_FOUND", "OTHER"), 1);
  EXPECT_EQ(count(kDetail, "INTERNAL", "REASON_0"), 2) << "a reason that is known goes on";
  EXPECT_EQ(count(kBind, "INTERNAL", "NEW"), 1) << "other operations have their own limit";
  EXPECT_EQ(page.families().at("firstmile_calls_total").series.size(), kMax + 3);
}

TEST_F(MetricsTest, CodesThatGrpcDoesNotHaveAreUnknown) {
  for (const int code : {-1, 17, 1'000'000}) {
    metrics_.CountCall({.operation = kDetail, .code = code, .reason = "X", .duration = {}});
  }
  EXPECT_EQ(
      Page().Value("firstmile_calls_total", {{"operation", kDetail}, {"code", "UNKNOWN"}, {"reason", "X"}}),
      3);
}

TEST_F(MetricsTest, ShedReasonsAreAClosedListThatIsThereFromTheStart) {
  metrics_.CountShed("SIDECAR_OVERLOADED");
  metrics_.CountShed("of Shopee's making");
  const MetricsPage page = Page();
  EXPECT_EQ(page.Value("firstmile_calls_shed_total", {{"reason", "SIDECAR_OVERLOADED"}}), 1);
  EXPECT_EQ(page.Value("firstmile_calls_shed_total", {{"reason", "OTHER"}}), 1);
  EXPECT_EQ(page.Value("firstmile_calls_shed_total", {{"reason", "DAILY_QUOTA"}}), 0);
  EXPECT_EQ(page.families().at("firstmile_calls_shed_total").series.size(), 6);
}

TEST_F(MetricsTest, CallsAreInFlightUntilTheyEnd) {
  EXPECT_EQ(Page().Value("firstmile_calls_in_flight", {}), 0);
  {
    const Metrics::CallInFlight one(metrics_);
    const Metrics::CallInFlight other(metrics_);
    EXPECT_EQ(Page().Value("firstmile_calls_in_flight", {}), 2);
  }
  EXPECT_EQ(Page().Value("firstmile_calls_in_flight", {}), 0);
}

TEST_F(MetricsTest, ThePageSumsWhatTheEventLoopsSay) {
  LoopGauges& one = metrics_.AddLoop();
  LoopGauges& other = metrics_.AddLoop();
  one.Set({.queued = 5, .throttled = 2, .parked_operations = 1, .breaker = BreakerState::kOpen});
  other.Set({.queued = 7, .throttled = 1, .parked_operations = 0, .breaker = BreakerState::kClosed});
  const MetricsPage page = Page();
  EXPECT_EQ(page.Value("firstmile_queued_calls", {}), 12);
  EXPECT_EQ(page.Value("firstmile_throttled_shop_operations", {}), 3);
  EXPECT_EQ(page.Value("firstmile_daily_quota_exhausted_operations", {}), 1);
  EXPECT_EQ(page.Value("firstmile_breakers", {{"state", "open"}}), 1);
  EXPECT_EQ(page.Value("firstmile_breakers", {{"state", "half_open"}}), 0);
  EXPECT_EQ(page.Value("firstmile_breakers", {{"state", "closed"}}), 1);
  other.Set({.breaker = BreakerState::kHalfOpen});
  EXPECT_EQ(Page().Value("firstmile_queued_calls", {}), 5);
  EXPECT_EQ(Page().Value("firstmile_breakers", {{"state", "half_open"}}), 1);
}

TEST_F(MetricsTest, TheClocksCorrectionIsInSecondsWithItsSign) {
  metrics_.CountClockCorrection(absl::Seconds(400));
  metrics_.CountClockCorrection(absl::Milliseconds(-2500));
  EXPECT_EQ(Page().Value("firstmile_clock_correction_seconds", {}), -2.5);
  EXPECT_EQ(Page().Value("firstmile_clock_corrections_total", {}), 2);
}

TEST_F(MetricsTest, TheProcessTellsWhatEveryPrometheusClientTells) {
  const MetricsPage page = Page();
  EXPECT_GT(page.Value("process_resident_memory_bytes", {}), 1 << 20);
  EXPECT_GT(page.Value("process_virtual_memory_bytes", {}), page.Value("process_resident_memory_bytes", {}));
  EXPECT_GT(page.Value("process_open_fds", {}), 2);
  EXPECT_GE(page.Value("process_max_fds", {}), page.Value("process_open_fds", {}));
  EXPECT_GT(page.Value("process_cpu_seconds_total", {}), 0);
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  EXPECT_LE(page.Value("process_start_time_seconds", {}), now + 1);
  EXPECT_GT(page.Value("process_start_time_seconds", {}), now - 3600);
}

TEST_F(MetricsTest, ManyThreadsCountWhileOthersLook) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 500;
  LoopGauges& loop = metrics_.AddLoop();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([this, &loop] {
      for (int i = 0; i < kCalls; ++i) {
        const Metrics::CallInFlight in_flight(metrics_);
        metrics_.CountCall({.operation = kDetail, .code = kOk, .reason = "", .duration = {}});
        metrics_.CountCall(
            {.operation = kBind, .code = kInternal, .reason = absl::StrCat(i), .duration = {}});
        metrics_.CountAttempt(kDetail, AttemptOutcome::kAnswered, absl::ZeroDuration());
        loop.Set({.queued = i});
      }
    });
  }
  for (int i = 0; i < 20; ++i) Page();
  for (std::thread& thread : threads) thread.join();
  const MetricsPage page = Page();
  EXPECT_EQ(page.Value("firstmile_calls_total", {{"operation", kDetail}, {"code", "OK"}, {"reason", ""}}),
            kThreads * kCalls);
  EXPECT_EQ(page.Value("firstmile_call_duration_seconds_count", {{"operation", kBind}}), kThreads * kCalls);
  EXPECT_EQ(page.Value("firstmile_queued_calls", {}), kCalls - 1);
}

TEST_F(MetricsTest, TheFirstUsesOfAMetricMayCollideAndAllCount) {
  constexpr int kThreads = 4;
  constexpr int kOperations = 200;
  std::vector<std::string> operations;
  for (int i = 0; i < kOperations; ++i) operations.push_back(absl::StrCat("Service/Operation", i));
  Metrics metrics(operations);
  std::barrier together(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (const std::string& operation : operations) {
        together.arrive_and_wait();
        metrics.CountCall({.operation = operation, .code = kOk, .reason = "", .duration = {}, .attempts = 1});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const MetricsPage page(metrics.Text());
  for (const std::string& operation : operations) {
    EXPECT_EQ(page.Value("firstmile_calls_total", {{"operation", operation}, {"code", "OK"}, {"reason", ""}}),
              kThreads);
    EXPECT_EQ(page.Value("firstmile_call_attempts_count", {{"operation", operation}}), kThreads);
  }
}

}  // namespace
}  // namespace firstmile::ops
