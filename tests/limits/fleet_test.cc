#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "limits/fleet/redis_fleet_budget.h"
#include "limits/limiter.h"
#include "support/redis_server.h"
#include "support/run_task.h"

namespace firstmile::limits {
namespace {

using testing::RedisServer;
using testing::RunOnLoop;
using transport::MonotonicTime;

constexpr absl::string_view kList = "FirstMileService/GetUnbindOrderList";
constexpr absl::string_view kLimitName = "firstmile:limit:7:FirstMileService/GetUnbindOrderList";

FleetOptions Hasty() {
  FleetOptions options;
  options.alone = absl::Milliseconds(100);
  return options;
}

redis::Options At(const RedisServer& server) {
  redis::Options options;
  options.unix_path = server.unix_path();
  return options;
}

// Until `done` holds; false after ten seconds.
template <typename Condition>
bool Eventually(Condition done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

// A sidecar as far as the fleet sees it.
struct Sidecar {
  explicit Sidecar(const RedisServer& server, const FleetOptions& options = Hasty())
      : budget(options, At(server), [this](const absl::Status& status) { changes.push_back(status); }) {}

  absl::StatusOr<FleetGrant> Take(double rate, int wanted) {
    return RunOnLoop(loop, budget.Take(loop, {7, std::string(kList)}, rate, wanted));
  }
  absl::StatusOr<FleetState> Tell(std::uint64_t version, double ceiling, absl::Duration rest = {}) {
    return RunOnLoop(loop, budget.TellBackOff(loop, {7, std::string(kList)},
                                              {version, ceiling, absl::Seconds(2), {}}, rest));
  }

  transport::SystemClock clock;
  transport::EventLoop loop{clock, "sidecar"};
  std::vector<absl::Status> changes;  // of the budget's thread, read after an answer
  RedisFleetBudget budget;
};

class FleetTest : public ::testing::Test {
 protected:
  RedisServer server_;
  Sidecar a_{server_};
  Sidecar b_{server_};
};

TEST_F(FleetTest, PermitsOfOneAreNotGivenToAnother) {
  const auto first = a_.Take(0.5, 5);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->permits, 2);  // now, and one 2 s ahead
  EXPECT_EQ(first->first_in, absl::ZeroDuration());
  const auto second = b_.Take(0.5, 5);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->permits, 0);
  EXPECT_GT(second->ask_again_in, absl::Milliseconds(1'500));
  EXPECT_LE(second->ask_again_in, absl::Seconds(2));
}

TEST_F(FleetTest, PermitsComeInSmallBatches) {
  const auto grant = a_.Take(1'000, 32);
  ASSERT_TRUE(grant.ok()) << grant.status();
  EXPECT_EQ(grant->permits, 32);
  const auto wanted = b_.Take(1'000, 3);
  ASSERT_TRUE(wanted.ok()) << wanted.status();
  EXPECT_EQ(wanted->permits, 3);
  EXPECT_GT(wanted->first_in, absl::ZeroDuration());
  EXPECT_LE(wanted->first_in, absl::Milliseconds(32));
}

TEST_F(FleetTest, WhoKnowsTheLastBackOffMakesTheNext) {
  ASSERT_EQ(a_.Tell(0, 40)->version, 1U);
  const auto late = b_.Tell(0, 30);  // the same refusals, seen by another
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_EQ(late->version, 1U);
  EXPECT_EQ(late->ceiling, 40);
  EXPECT_EQ(late->approach, absl::Seconds(2));
  EXPECT_EQ(b_.Tell(1, 30)->version, 2U);
  const auto grant = a_.Take(30, 1);
  ASSERT_TRUE(grant.ok()) << grant.status();
  EXPECT_EQ(grant->state.version, 2U);
  EXPECT_EQ(grant->state.ceiling, 30);
  EXPECT_LT(grant->state.age, absl::Seconds(30));
}

TEST_F(FleetTest, ARestHoldsForAll) {
  ASSERT_TRUE(a_.Tell(0, 40, absl::Seconds(30)).ok());
  const auto grant = b_.Take(40, 1);
  ASSERT_TRUE(grant.ok()) << grant.status();
  EXPECT_EQ(grant->permits, 0);
  EXPECT_GT(grant->ask_again_in, absl::Seconds(20));
}

TEST_F(FleetTest, WhatNobodyAsksForIsForgotten) {
  ASSERT_TRUE(a_.Tell(0, 40).ok());
  const int left_ms = std::stoi(server_.Ask({"PTTL", std::string(kLimitName)}));
  EXPECT_GT(left_ms, 500'000);
  EXPECT_LE(left_ms, 600'000);
}

TEST_F(FleetTest, ARedisThatIsGoneIsToldOnceAndAskedAgainLater) {
  ASSERT_TRUE(a_.Take(10, 1).ok());
  server_.Kill();
  EXPECT_TRUE(absl::IsUnavailable(a_.Take(10, 1).status()));
  EXPECT_TRUE(absl::IsUnavailable(a_.Take(10, 1).status()));
  ASSERT_EQ(a_.changes.size(), 1U);
  EXPECT_FALSE(a_.changes[0].ok());
  server_.Start();
  ASSERT_TRUE(Eventually([&] { return a_.Take(10, 1).ok(); }));
  EXPECT_TRUE(a_.changes.back().ok());
}

TEST_F(FleetTest, ARedisThatHangsHoldsACallForABoundedTime) {
  ASSERT_TRUE(a_.Take(10, 1).ok());
  server_.Pause();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(absl::IsUnavailable(a_.Take(10, 1).status()));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(500));
  server_.Resume();
}

TEST_F(FleetTest, AnotherProgramsDataIsAnErrorAndNothingMore) {
  server_.Ask({"SET", std::string(kLimitName), "something"});
  EXPECT_FALSE(a_.Take(10, 1).ok());
  server_.Ask({"DEL", std::string(kLimitName)});
  server_.Ask({"HSET", std::string(kLimitName), "tat", "x", "version", "1", "ceiling", "y", "approach", "z"});
  EXPECT_TRUE(Eventually([&] { return absl::IsDataLoss(a_.Take(10, 1).status()); }));
}

// A limiter with calls of one shop that never end to come.
class Pressed {
 public:
  Pressed(const RedisServer& server, const LimiterOptions& options)
      : sidecar_(server, options.fleet), limiter_(std::in_place, options, sidecar_.loop, &sidecar_.budget) {}
  ~Pressed() {
    On([this] { stop_.request_stop(); });
    RunOnLoop(sidecar_.loop, Closed());
    On([this] { limiter_.reset(); });
  }

  // As after a first refusal, when 40 calls of the last second were accepted.
  void Learn() {
    On([this] {
      const MonotonicTime now = sidecar_.clock.Monotonic();
      async::Detach(Call());
      for (int i = 0; i < 40; ++i) limiter_->OnAccepted(7, kList, now);
      limiter_->OnRateLimited(7, kList, now, std::nullopt);
    });
  }
  void Press(int calls) {
    On([this, calls] {
      for (int i = 0; i < calls; ++i) async::Detach(Call());
    });
  }
  int Left() {
    int left = 0;
    On([&] { left = left_; });
    return left;
  }
  Limiter::Snapshot Counts() {
    Limiter::Snapshot counts;
    On([&] { counts = limiter_->Counts(); });
    return counts;
  }
  double Rate() {
    double rate = 0;
    On([&] { rate = limiter_->Rate(7, kList); });
    return rate;
  }

 private:
  template <typename Work>
  void On(Work work) {
    sidecar_.loop.Post(work);
    testing::Settle(sidecar_.loop);
  }
  async::Task<void> Call() {
    const Admission admission =
        co_await limiter_->Admit({.shop_id = 7, .operation = kList}, stop_.get_token());
    if (!admission.refusal.has_value()) ++left_;
  }
  async::Task<bool> Closed() {
    co_await limiter_->Close();
    co_return true;
  }

  Sidecar sidecar_;
  std::optional<Limiter> limiter_;
  std::stop_source stop_;
  int left_ = 0;
};

class FleetOfTwo : public ::testing::Test {
 protected:
  static LimiterOptions Options() {
    LimiterOptions options;
    options.fleet = Hasty();
    // A rate that does not grow beyond its ceiling while a test runs.
    options.rate.approach_first = options.rate.approach_min = options.rate.approach_max = absl::Minutes(10);
    return options;
  }
  RedisServer server_;
  Pressed a_{server_, Options()};
  Pressed b_{server_, Options()};
};

TEST_F(FleetOfTwo, SharesOneRate) {
  a_.Learn();
  b_.Learn();
  a_.Press(200);
  b_.Press(200);
  ASSERT_TRUE(Eventually([&] { return a_.Left() + b_.Left() >= 10; }));  // the rest after the refusal is over
  const int before = a_.Left() + b_.Left();
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(Eventually([&] { return a_.Left() + b_.Left() >= before + 70; }));
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
  const double rate = 70 / spent.count();
  EXPECT_LT(rate, 44);  // 40 is the ceiling; each alone would come near it
  EXPECT_GT(a_.Left(), 15);
  EXPECT_GT(b_.Left(), 15);
  EXPECT_EQ(a_.Counts().fleet_failures + b_.Counts().fleet_failures, 0U);
}

TEST_F(FleetOfTwo, CountsOneEventOnce) {
  a_.Learn();
  const double rate = a_.Rate();
  b_.Learn();
  ASSERT_TRUE(Eventually([&] { return server_.Ask({"HGET", std::string(kLimitName), "version"}) == "1"; }));
  b_.Press(1);
  ASSERT_TRUE(Eventually([&] { return b_.Left() == 2; }));
  EXPECT_EQ(server_.Ask({"HGET", std::string(kLimitName), "version"}), "1");
  EXPECT_GE(b_.Rate(), rate);
}

TEST_F(FleetOfTwo, GoesOnAloneWithoutRedis) {
  a_.Learn();
  server_.Kill();
  a_.Press(40);
  ASSERT_TRUE(Eventually([&] { return a_.Left() == 41; }));
  EXPECT_GT(a_.Counts().fleet_failures, 0U);
}

TEST_F(FleetOfTwo, DoesNotAskForShopsThatWereNeverRefused) {
  server_.Kill();
  a_.Press(4);
  ASSERT_TRUE(Eventually([&] { return a_.Left() == 4; }));
  EXPECT_EQ(a_.Counts().fleet_failures, 0U);
}

}  // namespace
}  // namespace firstmile::limits
