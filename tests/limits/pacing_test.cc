// How much the learned rate costs and gains with platforms that limit in different ways, on a simulated
// clock.
#include <gtest/gtest.h>

#include <cstdio>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "limits/limiter.h"
#include "limits/simulated_platform.h"
#include "support/manual_clock.h"
#include "transport/stoppable_event.h"

namespace firstmile::limits {
namespace {

using transport::MonotonicTime;

constexpr absl::string_view kOperation = "FirstMileService/GetUnbindOrderList";
constexpr absl::Duration kStep = absl::Milliseconds(1);  // of the simulated clock

struct Figures {
  std::vector<double> accepted_at_s;
  std::vector<double> refused_at_s;

  static double Within(const std::vector<double>& times, double from_s, double to_s) {
    double count = 0;
    for (const double time : times) count += time >= from_s && time < to_s ? 1 : 0;
    return count;
  }
  double duration_s() const { return accepted_at_s.back(); }
  double Rate(double from_s, double to_s) const {
    return Within(accepted_at_s, from_s, to_s) / (to_s - from_s);
  }
  double RefusedShare(double from_s, double to_s) const {
    const double refused = Within(refused_at_s, from_s, to_s);
    return refused / (refused + Within(accepted_at_s, from_s, to_s));
  }
};

// All calls arrive at once, at one sidecar or alternately at several; each is repeated until it is accepted.
// Everything runs on the loop's thread.
class Simulation {
 public:
  Simulation(const LimiterOptions& options, SimulatedPlatform& platform, unsigned seed, int way_ms = 25,
             int sidecars = 1)
      : platform_(platform),
        random_(seed),
        way_us_(way_ms * 800, way_ms * 1'200),
        loop_(clock_, "simulation") {
    for (int i = 0; i < sidecars; ++i) {
      limiters_.push_back(std::make_unique<Limiter>(options, loop_));
    }
  }

  Figures Run(int calls) {
    left_ = calls;
    loop_.Post([this, calls] {
      for (int i = 0; i < calls; ++i) {
        async::Detach(Call(*limiters_[static_cast<std::size_t>(i) % limiters_.size()]));
      }
      Step();
    });
    done_.get_future().wait();
    loop_.Stop();
    return std::move(figures_);
  }

 private:
  void Step() {
    clock_.Advance(kStep);
    if (left_ == 0) return done_.set_value();
    loop_.Post([this] { Step(); });
  }

  double NowS() const { return std::chrono::duration<double>(clock_.Monotonic() - start_).count(); }

  // When a call sent now arrives.
  MonotonicTime Travelled() { return clock_.Monotonic() + std::chrono::microseconds(way_us_(random_)); }

  async::Task<void> Call(Limiter& limiter) {
    CallTicket ticket{.subject = subjects::Shop(1), .operation = kOperation};
    for (;; ticket.again = true) {
      Limiter::Admission admission = co_await limiter.Admit(ticket, {});
      co_await transport::SleepUntil(loop_, Travelled(), {});
      const double at_s = NowS();
      const bool accepted = platform_.Accepts(at_s);
      (accepted ? figures_.accepted_at_s : figures_.refused_at_s).push_back(at_s);
      co_await transport::SleepUntil(loop_, Travelled(), {});
      if (accepted) {
        limiter.OnAnswer(admission.slot);
        break;
      }
      limiter.OnRateLimited(admission.slot, {});
    }
    --left_;
  }

  SimulatedPlatform& platform_;
  std::mt19937 random_;
  std::uniform_int_distribution<> way_us_;  // one-way latency to Shopee or back
  testing::ManualClock clock_;
  const MonotonicTime start_ = clock_.Monotonic();
  transport::EventLoop loop_;
  std::vector<std::unique_ptr<Limiter>> limiters_;
  int left_ = 0;
  Figures figures_;
  std::promise<void> done_;
};

LimiterOptions StartingAt(double rate) {
  LimiterOptions options;
  options.rate.initial_rate = rate;
  options.queue.queue_max = options.queue.queued_max = 100'000;
  return options;
}

struct NamedPlatform {
  std::string name;
  std::unique_ptr<SimulatedPlatform> platform;
};

std::vector<NamedPlatform> AllPlatforms(const SimulatedPlatform::Limit& limit) {
  std::vector<NamedPlatform> all;
  all.push_back({"fixed window", std::make_unique<FixedWindow>(limit, 0)});
  all.push_back({"fixed window, half past", std::make_unique<FixedWindow>(limit, 0.5)});
  all.push_back({"sliding window", std::make_unique<SlidingWindow>(limit)});
  all.push_back({"token bucket of 10", std::make_unique<TokenBucket>(limit)});
  return all;
}

struct Case {
  double limit;
  double initial_rate;
  int calls;
};

class Pacing : public ::testing::TestWithParam<Case> {};

TEST_P(Pacing, UsesNineTenthsOfTheLimitAndWastesTwoOfAHundredCalls) {
  const Case c = GetParam();
  unsigned seed = 1;
  for (const auto& [name, platform] : AllPlatforms([&c](double) { return c.limit; })) {
    const Figures figures = Simulation(StartingAt(c.initial_rate), *platform, seed++).Run(c.calls);
    const double end_s = figures.duration_s();
    const double used = figures.Rate(0, end_s) / c.limit;
    const double refused = figures.RefusedShare(0, end_s + 1);
    std::printf(
        "limit %3.0f/s, start %3.0f/s, %-24s: used %5.1f %%, refused %4.2f %%, in the first second %.0f\n",
        c.limit, c.initial_rate, name.c_str(), used * 100, refused * 100,
        Figures::Within(figures.refused_at_s, 0, 1));
    EXPECT_EQ(figures.accepted_at_s.size(), c.calls);
    EXPECT_GE(used, 0.9) << name;
    EXPECT_LE(refused, 0.02) << name;
    EXPECT_LE(Figures::Within(figures.refused_at_s, 0, 1), 10) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Limits, Pacing,
                         ::testing::Values(Case{10, 100, 1'000}, Case{10, 5, 1'000}, Case{200, 100, 20'000},
                                           Case{200, 5, 30'000}),
                         [](const auto& info) {
                           return std::to_string(static_cast<int>(info.param.limit)) + "From" +
                                  std::to_string(static_cast<int>(info.param.initial_rate));
                         });

TEST(PacingOfASlowPlatform, FindsMoreCallsOnTheirWayWhenItIsRefused) {
  unsigned seed = 1;
  for (const auto& [name, platform] : AllPlatforms([](double) { return 10; })) {
    const Figures figures = Simulation(StartingAt(100), *platform, seed++, 75).Run(1'000);
    const double used = figures.Rate(0, figures.duration_s()) / 10;
    const double refused = figures.RefusedShare(0, figures.duration_s() + 1);
    std::printf("limit  10/s, start 100/s, 150 ms a call, %-24s: used %5.1f %%, refused %4.2f %%\n",
                name.c_str(), used * 100, refused * 100);
    EXPECT_GE(used, 0.85) << name;
    EXPECT_LE(refused, 0.035) << name;
  }
}

TEST(PacingOfAMovingLimit, FollowsItDownAtOnceAndUpWithinAMinuteAndAHalf) {
  const auto limit = [](double at_s) { return at_s >= 120 && at_s < 240 ? 5.0 : 20.0; };
  unsigned seed = 1;
  for (const auto& [name, platform] : AllPlatforms(limit)) {
    const Figures figures = Simulation(StartingAt(100), *platform, seed++).Run(20 * 120 + 5 * 120 + 20 * 170);
    const auto show = [&, &name = name](double from_s, double to_s, double of) {
      const double used = figures.Rate(from_s, to_s) / of;
      std::printf("20/s, 5/s, 20/s, %-24s: %3.0f s to %3.0f s used %5.1f %%, refused %4.2f %%\n",
                  name.c_str(), from_s, to_s, used * 100, figures.RefusedShare(from_s, to_s) * 100);
      return used;
    };
    EXPECT_GE(show(0, 120, 20), 0.9) << name;
    EXPECT_GE(show(120, 240, 5), 0.88) << name;
    show(240, 300, 20);
    EXPECT_GE(show(330, figures.duration_s(), 20), 0.9) << name;
    EXPECT_LE(show(0, figures.duration_s(), 20), 1) << name;
    EXPECT_LE(figures.RefusedShare(0, figures.duration_s() + 1), 0.02) << name;
  }
}

// Sidecars that serve the same shops without shared limits: each adapts to the others' load.
TEST(PacingOfFourSidecars, KeepsWithinTheLimitTogether) {
  struct Together {
    double limit;
    int calls;
    double used_min;
    double refused_max;
  };
  for (const auto& [limit, calls, used_min, refused_max] :
       {Together{10, 1'000, 0.65, 0.08}, Together{200, 20'000, 0.65, 0.01}}) {
    unsigned seed = 1;
    for (const auto& [name, platform] : AllPlatforms([limit = limit](double) { return limit; })) {
      const Figures figures = Simulation(StartingAt(100), *platform, seed++, 25, 4).Run(calls);
      const double used = figures.Rate(0, figures.duration_s()) / limit;
      const double refused = figures.RefusedShare(0, figures.duration_s() + 1);
      std::printf(
          "limit %3.0f/s, four sidecars, %-24s: used %5.1f %%, refused %4.2f %%, in the first second %.0f\n",
          limit, name.c_str(), used * 100, refused * 100, Figures::Within(figures.refused_at_s, 0, 1));
      EXPECT_GE(used, used_min) << name;
      EXPECT_LE(refused, refused_max) << name;
    }
  }
}

}  // namespace
}  // namespace firstmile::limits
