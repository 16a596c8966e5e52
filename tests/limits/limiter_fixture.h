// A limiter on its loop with a manual clock, and its calls.
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

// One call per second, so that each test exercises one rule.
inline LimiterOptions Slow() {
  LimiterOptions options;
  options.rate.initial_rate = 1;
  options.rate.max_rate = 1;
  return options;
}

inline LimiterOptions Fast() {
  LimiterOptions options = Slow();
  options.rate.initial_rate = options.rate.max_rate = 10'000;
  options.rate.burst = absl::Seconds(1);
  options.rate.burst_max = 10'000;
  return options;
}

// A call whose progress the test controls.
struct Call {
  subjects::Subject subject;
  std::stop_source stop;
  std::optional<Limiter::Admission> end;

  bool left() const { return end.has_value() && !end->refusal.has_value(); }
  bool waits() const { return !end.has_value(); }
  bool RefusedAs(Code code, absl::string_view reason) const {
    return end.has_value() && end->refusal.has_value() && end->refusal->code == code &&
           end->refusal->reason == reason;
  }
  absl::Duration retry_after() const { return end->refusal->retry_after.value_or(absl::ZeroDuration()); }
};

// Every access to the limiter runs on its loop, one after the other.
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
    call.subject = ticket.subject;
    On([&] { async::Detach(Run(call, ticket)); });
    Settle();
    return call;
  }
  Call& Ask(std::int64_t shop, absl::string_view operation = kList, absl::string_view caller = "") {
    return Ask(CallTicket{.subject = subjects::Shop(shop), .operation = operation, .caller = caller});
  }
  void End(Call& call) {
    On([&] { call.end->slot.reset(); });
    Settle();
  }
  void EndSilently(Call& call) {
    On([&] { limiter_->OnNoAnswer(call.end->slot); });
    End(call);
  }
  void EndWithAnswer(Call& call) {
    Answer(call);
    End(call);
  }
  void Answer(Call& call) {
    On([&] { limiter_->OnAnswer(call.end->slot); });
  }
  void RateLimit(Call& call, absl::Duration retry_after = {}) {
    On([&] { limiter_->OnRateLimited(call.end->slot, retry_after); });
  }
  // Makes ten more calls than may be sent at once; one ends each second.
  void ServeOneASecond() {
    for (int i = 0; i < 11; ++i) Ask(1);
    for (std::size_t i = 0; i < 10; ++i) {
      Pass(absl::Seconds(1));
      End(calls_[i]);
    }
    EXPECT_TRUE(calls_[10].left());
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
    On([&] { rate = limiter_->Rate(subjects::Shop(shop), kList); });
    return rate;
  }
  template <typename Work>
  void On(Work work) {
    loop_.Post(work);
    testing::Settle(loop_);
  }
  // Waits until posted work, due timers and the coroutines they resume have run.
  void Settle() {
    for (int i = 0; i < 3; ++i) testing::Settle(loop_);
  }

  testing::ManualClock clock_;
  transport::EventLoop loop_{clock_, "limits"};
  std::optional<Limiter> limiter_;
  std::deque<Call> calls_;
  bool calls_are_sent_ = true;

 private:
  async::Task<void> Run(Call& call, CallTicket ticket) {
    Limiter::Admission end = co_await limiter_->Admit(ticket, call.stop.get_token());
    if (end.slot != nullptr && calls_are_sent_) limiter_->OnSent(end.slot);
    call.end = std::move(end);
  }
};

}  // namespace firstmile::limits
