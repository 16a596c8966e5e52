#include "gateway/shards.h"

#include <functional>
#include <future>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "ops/call_log.h"

namespace firstmile::gateway {

namespace {

async::Task<void> Fulfil(async::Task<void> task, std::promise<void> done) {
  co_await std::move(task);
  done.set_value();
}

// Starts `task` on the loop from another thread; the future reports its end.
std::future<void> StartOn(transport::EventLoop& loop, async::Task<void> task) {
  std::promise<void> done;
  std::future<void> end = done.get_future();
  loop.Post([task = std::move(task), done = std::move(done)]() mutable {
    async::Detach(Fulfil(std::move(task), std::move(done)));
  });
  return end;
}

// The greatest age of the gauges on a metrics page.
constexpr std::chrono::seconds kGaugeInterval{1};

ops::BreakerState BreakerStateOf(limits::Breaker::State state) {
  switch (state) {
    case limits::Breaker::State::kClosed:
      return ops::BreakerState::kClosed;
    case limits::Breaker::State::kOpen:
      return ops::BreakerState::kOpen;
    case limits::Breaker::State::kProbing:
      return ops::BreakerState::kHalfOpen;
  }
  return ops::BreakerState::kClosed;
}

transport::CurlTransportOptions Complete(transport::CurlTransportOptions options, const ShardParts& parts) {
  options.answer_memory = parts.answer_memory;
  options.on_surplus = [&metrics = parts.metrics](bool news) {
    metrics.CountMisplacedAnswer(ops::ShownBy::kConnection);
    if (!news) return;
    ops::LogEvent(ops::LogLevel::kWarning, "surplus_answer",
                  "the upstream sent what no request had asked for; the connection was closed, and for a "
                  "minute each request has one of its own; look for a proxy that mixes up answers");
  };
  return options;
}

}  // namespace

Shard::Shard(int index, const ShardOptions& options, const ShardParts& parts)
    : loop(parts.clock, absl::StrCat("loop-", index)),
      transport(loop, Complete(options.transport, parts)),
      token_manager(parts.tokens, loop, transport),
      limits(options.limits, loop),
      gateway(options.gateway, {loop, transport, token_manager, parts.tokens.signer, limits, parts.metrics,
                                parts.answer_threads}) {
  loop.Post([this, &gauges = parts.metrics.AddLoop()] { ShowLimits(gauges); });
}

// Repeats while the loop runs.
void Shard::ShowLimits(ops::LoopGauges& gauges) {
  const limits::Limiter::Snapshot counts = limits.Counts();
  gauges.Set({.queued = static_cast<std::int64_t>(counts.queued),
              .throttled = static_cast<std::int64_t>(counts.throttled),
              .parked_operations = static_cast<std::int64_t>(limits.SpentQuotas()),
              .breaker = BreakerStateOf(limits.breaker_state())});
  loop.AddTimer(loop.clock().Monotonic() + kGaugeInterval, [this, &gauges] { ShowLimits(gauges); });
}

Shard::~Shard() {
  StartOn(loop, token_manager.Close()).wait();
  loop.Stop();
}

// A RefreshScheduler and its running task.
class Shards::RunningScheduler {
 public:
  RunningScheduler(const tokens::TokenContext& tokens, const tokens::RefreshSchedulerOptions& options,
                   Shard& shard, std::function<bool(tokens::Subject)> owns)
      : options_(options),
        refresh_scheduler_(tokens, options_, shard.token_manager, std::move(owns)),
        end_(StartOn(shard.loop, refresh_scheduler_.Run(stop_.get_token()))) {}
  ~RunningScheduler() {
    stop_.request_stop();
    end_.wait();
  }

 private:
  const tokens::RefreshSchedulerOptions options_;
  tokens::RefreshScheduler refresh_scheduler_;
  std::stop_source stop_;
  std::future<void> end_;
};

Shards::Shards(int count, const ShardOptions& options, const ShardParts& parts) : tokens_(parts.tokens) {
  for (int i = 0; i < count; ++i) {
    shards_.push_back(std::make_unique<Shard>(i, options, parts));
  }
}

Shards::~Shards() = default;

void Shards::StartRefreshSchedulers(const tokens::RefreshSchedulerOptions& options) {
  for (const auto& shard : shards_) {
    const auto owns = [this, home = shard.get()](tokens::Subject subject) { return &For(subject) == home; };
    schedulers_.push_back(std::make_unique<RunningScheduler>(tokens_, options, *shard, owns));
  }
}

Shard& Shards::For(tokens::Subject subject) {
  return *shards_[absl::HashOf(subject) % shards_.size()];
}

}  // namespace firstmile::gateway
