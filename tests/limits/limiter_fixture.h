// A limiter on its loop and a clock that the test moves, and the calls that ask it.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <string>

#include "limits/limiter.h"
#include "support/manual_clock.h"
#include "support/run_task.h"

namespace firstmile::limits {

using errors::Code;
using transport::MonotonicTime;

inline constexpr absl::string_view kBind = "FirstMileService/BindFirstMileTrackingNumber";
inline constexpr absl::string_view kList = "FirstMileService/GetUnbindOrderList";

// One call a second, and no bound on calls in flight but the shop's, so that each test sees the one rule that
// it is about.
inline LimiterOptions Slow() {
  LimiterOptions options;
  options.rate.initial_rate = 1;
  options.rate.max_rate = 1;
  options.rate.unproven_in_flight = 1'000;
  return options;
}

inline LimiterOptions Fast() {
  LimiterOptions options = Slow();
  options.rate.initial_rate = options.rate.max_rate = 10'000;
  options.rate.burst = absl::Seconds(1);
  options.rate.burst_max = 10'000;
  return options;
}

// A call as the gateway makes it, in the hands of the test.
struct Call {
  std::int64_t shop_id = 0;
  std::stop_source stop;
  std::optional<Admission> end;

  bool left() const { return end.has_value() && !end->refusal.has_value(); }
  bool waits() const { return !end.has_value(); }
  bool RefusedAs(Code code, absl::string_view reason) const {
    return end.has_value() && end->refusal.has_value() && end->refusal->code == code &&
           end->refusal->reason == reason;
  }
  absl::Duration retry_after() const { return end->refusal->retry_after.value_or(absl::ZeroDuration()); }
};

// All that touches the limiter runs on its loop, one step after the other.
class LimiterTest : public ::testing::Test {
 protected:
  ~LimiterTest() override {
    On([this] {
      for (Call& call : calls_) call.stop.request_stop();
    });
    Settle();
    On([this] {
      calls_.clear();
      limiter_.reset();
    });
  }

  void Make(const LimiterOptions& options) {
    On([&] { limiter_.emplace(options, loop_); });
  }

  Call& Ask(const CallTicket& ticket) {
    Call& call = calls_.emplace_back();
    call.shop_id = ticket.shop_id;
    On([&] { async::Detach(Run(call, ticket)); });
    Settle();
    return call;
  }
  Call& Ask(std::int64_t shop, absl::string_view operation = kList, absl::string_view caller = "") {
    return Ask(CallTicket{.shop_id = shop, .operation = operation, .caller = caller});
  }
  void End(Call& call) {
    On([&] { call.end->permit = Permit(); });
    Settle();
  }
  void EndSilently(Call& call, MonotonicTime sent_at) {
    On([&] { limiter_->OnNoAnswer(call.shop_id, kList, sent_at); });
    End(call);
  }
  void Pass(absl::Duration time) {
    clock_.Advance(time);
    Settle();
  }
  MonotonicTime Now() const { return clock_.Monotonic(); }
  MonotonicTime In(absl::Duration time) const { return Now() + absl::ToChronoNanoseconds(time); }
  Limiter::Snapshot Counts() {
    Limiter::Snapshot counts;
    On([&] { counts = limiter_->Counts(); });
    return counts;
  }
  double Rate(std::int64_t shop) {
    double rate = 0;
    On([&] { rate = limiter_->Rate(shop, kList); });
    return rate;
  }
  void RateLimit(std::int64_t shop, MonotonicTime sent_at, std::optional<absl::Duration> retry_after = {}) {
    On([&] { limiter_->OnRateLimited(shop, kList, sent_at, retry_after); });
  }
  void SpendQuota(absl::Duration rest) {
    On([&] { limiter_->OnDailyQuota(kList, clock_.Now() + rest); });
    Settle();
  }

  template <typename Work>
  void On(Work work) {
    loop_.Post(work);
    testing::Settle(loop_);
  }
  // What was posted, the timers that are due and what they resume have run.
  void Settle() {
    for (int i = 0; i < 3; ++i) testing::Settle(loop_);
  }

  testing::ManualClock clock_;
  transport::EventLoop loop_{clock_, "limits"};
  std::optional<Limiter> limiter_;
  std::deque<Call> calls_;

 private:
  async::Task<void> Run(Call& call, CallTicket ticket) {
    Admission end = co_await limiter_->Admit(ticket, call.stop.get_token());
    call.end = std::move(end);
  }
};

}  // namespace firstmile::limits
