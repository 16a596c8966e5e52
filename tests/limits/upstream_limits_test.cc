// Daily quotas, the breaker and the limiter together.
#include "limits/upstream_limits.h"

#include <gtest/gtest.h>

#include <deque>
#include <optional>

#include "support/manual_clock.h"
#include "support/run_task.h"

namespace firstmile::limits {
namespace {

using errors::Code;

constexpr absl::string_view kBind = "FirstMileService/BindFirstMileTrackingNumber";
constexpr absl::string_view kList = "FirstMileService/GetUnbindOrderList";

struct Asked {
  std::stop_source stop;
  std::optional<UpstreamLimits::Admission> end;

  bool left() const { return end.has_value() && !end->refusal.has_value(); }
  bool waits() const { return !end.has_value(); }
  bool RefusedAs(absl::string_view reason) const {
    return end.has_value() && end->refusal.has_value() && end->refusal->reason == reason;
  }
};

class UpstreamLimitsTest : public ::testing::Test {
 protected:
  ~UpstreamLimitsTest() override {
    On([this] {
      for (Asked& asked : asked_) asked.stop.request_stop();
    });
    On([this] {
      asked_.clear();
      limits_.reset();
    });
  }

  void Make(LimitsOptions options = {}) {
    On([&] { limits_.emplace(options, loop_); });
  }
  Asked& Ask(std::int64_t shop, absl::string_view operation = kList,
             absl::Duration time = absl::Minutes(10)) {
    Asked& asked = asked_.emplace_back();
    const auto deadline = clock_.Monotonic() + absl::ToChronoNanoseconds(time);
    On([&] {
      async::Detach(
          Run(asked, {.subject = subjects::Shop(shop), .operation = operation, .deadline = deadline}));
    });
    return asked;
  }
  void End(Asked& asked, Outcome outcome, absl::Duration pause = {}) {
    On([&] {
      asked.end->permit.End(outcome, pause);
      asked.end->permit = {};
    });
  }
  void Drop(Asked& asked) {
    On([&] { asked.end->permit = {}; });
  }
  void SpendQuota(absl::Duration rest) { End(Ask(1), Outcome::kQuotaSpent, rest); }
  void Pass(absl::Duration time) {
    clock_.Advance(time);
    On([] {});
  }
  std::size_t SpentQuotas() {
    std::size_t count = 0;
    On([&] { count = limits_->SpentQuotas(); });
    return count;
  }
  std::optional<Refusal> RefusalNow(absl::string_view operation = kList) {
    std::optional<Refusal> refusal;
    On([&] { refusal = limits_->RefusalNow(operation); });
    return refusal;
  }
  // Fails calls for longer than the breaker takes to open.
  void FailUntilOpen() {
    for (int i = 0; i < 20; ++i) {
      End(Ask(i), Outcome::kNoAnswer);
      Pass(absl::Milliseconds(100));
    }
  }
  template <typename Work>
  void On(Work work) {
    loop_.Post(work);
    for (int i = 0; i < 4; ++i) testing::Settle(loop_);
  }

  testing::ManualClock clock_;
  transport::EventLoop loop_{clock_, "limits"};
  std::optional<UpstreamLimits> limits_;
  std::deque<Asked> asked_;

 private:
  async::Task<void> Run(Asked& asked, CallTicket ticket) {
    UpstreamLimits::Admission end = co_await limits_->Admit(ticket, asked.stop.get_token());
    if (!end.refusal.has_value()) end.refusal = end.permit.Start();
    asked.end = std::move(end);
  }
};

TEST_F(UpstreamLimitsTest, AUsedUpQuotaRefusesTheOperationForAllShops) {
  Make();
  SpendQuota(absl::Minutes(8));
  for (std::int64_t shop = 1; shop <= 2; ++shop) {
    Asked& asked = Ask(shop);
    ASSERT_TRUE(asked.RefusedAs(kDailyQuota));
    EXPECT_EQ(asked.end->refusal->code, Code::kResourceExhausted);
    EXPECT_EQ(asked.end->refusal->retry_after, absl::Minutes(8));
  }
  EXPECT_TRUE(Ask(1, kBind).left());
  EXPECT_EQ(SpentQuotas(), 1U);
  Pass(absl::Minutes(8));
  EXPECT_EQ(SpentQuotas(), 0U);
  EXPECT_TRUE(Ask(1).left());
}

TEST_F(UpstreamLimitsTest, AUsedUpQuotaRefusesWaitingCalls) {
  LimitsOptions options;
  options.limiter.in_flight_per_shop = 1;
  Make(options);
  Asked& first = Ask(1);
  Asked& waiting = Ask(1);
  ASSERT_TRUE(waiting.waits());
  End(first, Outcome::kQuotaSpent, absl::Hours(3));
  EXPECT_TRUE(waiting.RefusedAs(kDailyQuota));
}

TEST_F(UpstreamLimitsTest, OneCallInTenMinutesProbesWhetherTheQuotaWasRaised) {
  Make();
  SpendQuota(absl::Hours(3));
  Pass(absl::Minutes(10));
  Asked& probe = Ask(1);
  ASSERT_TRUE(probe.left());
  EXPECT_TRUE(Ask(1).RefusedAs(kDailyQuota));
  End(probe, Outcome::kQuotaSpent, absl::Hours(3));
  EXPECT_TRUE(Ask(1).RefusedAs(kDailyQuota));
  Pass(absl::Minutes(10));
  Asked& second = Ask(1);
  ASSERT_TRUE(second.left());
  End(second, Outcome::kAnswered);
  EXPECT_TRUE(Ask(1).left());
}

TEST_F(UpstreamLimitsTest, AProbeIsNotLostToACallThatIsRefusedForAnotherReason) {
  LimitsOptions options;
  options.limiter.in_flight_per_shop = 1;
  Make(options);
  Asked& other = Ask(2, kBind);
  Pass(absl::Seconds(10));
  End(other, Outcome::kAnswered);
  Ask(2, kBind);  // takes its shop's only position
  SpendQuota(absl::Hours(3));
  Pass(absl::Minutes(10));
  EXPECT_TRUE(Ask(2, kList, absl::Seconds(1)).RefusedAs(kConcurrencyLimited));
  EXPECT_TRUE(Ask(1).left());
}

TEST_F(UpstreamLimitsTest, TroubleOfShopeeIsNoSignThatAQuotaWasRaised) {
  Make();
  SpendQuota(absl::Hours(3));
  Pass(absl::Minutes(10));
  End(Ask(1), Outcome::kTrouble);
  EXPECT_TRUE(Ask(1).RefusedAs(kDailyQuota));
}

TEST_F(UpstreamLimitsTest, AnAnswerToAnEarlierCallDoesNotResetAUsedUpQuota) {
  Make();
  Asked& early = Ask(1);
  Pass(absl::Seconds(1));
  SpendQuota(absl::Hours(3));
  End(early, Outcome::kAnswered);
  EXPECT_TRUE(Ask(1).RefusedAs(kDailyQuota));
}

TEST_F(UpstreamLimitsTest, AQuotasEndIsBounded) {
  Make();
  Asked& late = Ask(1);
  SpendQuota(absl::Hours(24 * 365));
  EXPECT_EQ(Ask(1).end->refusal->retry_after, absl::Hours(25));
  End(late, Outcome::kQuotaSpent, -absl::Hours(1));
  EXPECT_TRUE(Ask(1).RefusedAs(kDailyQuota));
}

TEST_F(UpstreamLimitsTest, AnOpenBreakerRefusesBeforeAnyWait) {
  Make();
  FailUntilOpen();
  const std::optional<Refusal> refusal = RefusalNow();
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->reason, kUpstreamCircuitOpen);
  EXPECT_TRUE(Ask(7).RefusedAs(kUpstreamCircuitOpen));
}

TEST_F(UpstreamLimitsTest, ABreakerThatOpensRefusesTheCallsThatWait) {
  LimitsOptions options;
  options.limiter.in_flight_per_shop = 1;
  Make(options);
  Ask(100);
  Asked& waiting = Ask(100);
  ASSERT_TRUE(waiting.waits());
  FailUntilOpen();
  EXPECT_TRUE(waiting.RefusedAs(kUpstreamCircuitOpen));
}

TEST_F(UpstreamLimitsTest, AnInconclusiveProbeAllowsAnother) {
  Make();
  FailUntilOpen();
  Pass(absl::Seconds(2));
  Asked& probe = Ask(1);
  ASSERT_TRUE(probe.left());
  EXPECT_TRUE(Ask(2).RefusedAs(kUpstreamCircuitOpen));
  Drop(probe);
  Asked& next = Ask(3);
  ASSERT_TRUE(next.left());
  End(next, Outcome::kAnswered);
  EXPECT_FALSE(RefusalNow().has_value());
}

TEST_F(UpstreamLimitsTest, WhatSaysNothingAboutTheHostOpensNoBreaker) {
  Make();
  for (int i = 0; i < 100; ++i) {
    End(Ask(i), i % 2 == 0 ? Outcome::kInconclusive : Outcome::kCallerLeft);
    Pass(absl::Milliseconds(100));
  }
  EXPECT_FALSE(RefusalNow().has_value());
}

TEST_F(UpstreamLimitsTest, AnswersPayForRetriesAndTroubleDoesNot) {
  Make();
  const auto take = [this] {
    bool taken = false;
    On([&] { taken = limits_->TakeRetry(subjects::Shop(1)); });
    return taken;
  };
  while (take()) continue;
  const auto end = [this](Outcome outcome) {
    for (int i = 0; i < 20; ++i) {
      End(Ask(1), outcome);
      Pass(absl::Seconds(1));
    }
  };
  end(Outcome::kTrouble);
  EXPECT_FALSE(take());
  end(Outcome::kAnswered);
  EXPECT_TRUE(take());
}

}  // namespace
}  // namespace firstmile::limits
