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

// Starts `task` on the loop, whose thread this is not; the future tells its end.
std::future<void> StartOn(transport::EventLoop& loop, async::Task<void> task) {
  std::promise<void> done;
  std::future<void> end = done.get_future();
  loop.Post([task = std::move(task), done = std::move(done)]() mutable {
    async::Detach(Fulfil(std::move(task), std::move(done)));
  });
  return end;
}

// How old the figures of a page of metrics may be.
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
      custodian(parts.custody, loop, transport),
      limits(options.limits, loop, parts.fleet),
      gateway(options.gateway, {loop, transport, custodian, parts.custody.signer, limits, parts.metrics,
                                parts.answer_threads}) {
  loop.Post([this, &gauges = parts.metrics.AddLoop()] { ShowLimits(gauges); });
}

// Again and again while the loop runs.
void Shard::ShowLimits(ops::LoopGauges& gauges) {
  const limits::Limiter::Snapshot counts = limits.limiter.Counts();
  gauges.Set({.queued = static_cast<std::int64_t>(counts.queued),
              .throttled = static_cast<std::int64_t>(counts.throttled),
              .parked_operations = static_cast<std::int64_t>(counts.parked_operations),
              .breaker = BreakerStateOf(limits.breaker.state())});
  loop.AddTimer(loop.clock().Monotonic() + kGaugeInterval, [this, &gauges] { ShowLimits(gauges); });
}

Shard::~Shard() {
  StartOn(loop, custodian.Close()).wait();
  StartOn(loop, limits.limiter.Close()).wait();
  loop.Stop();
}

// A keeper and its run.
class Shards::Keeping {
 public:
  Keeping(const tokens::CustodyContext& custody, const tokens::KeeperOptions& options, Shard& shard,
          std::function<bool(tokens::Subject)> owns)
      : options_(options),
        keeper_(custody, options_, shard.custodian, std::move(owns)),
        end_(StartOn(shard.loop, keeper_.Run(stop_.get_token()))) {}
  ~Keeping() {
    stop_.request_stop();
    end_.wait();
  }

 private:
  const tokens::KeeperOptions options_;
  tokens::Keeper keeper_;
  std::stop_source stop_;
  std::future<void> end_;
};

Shards::Shards(int count, const ShardOptions& options, const ShardParts& parts) : custody_(parts.custody) {
  for (int i = 0; i < count; ++i) {
    shards_.push_back(std::make_unique<Shard>(i, options, parts));
  }
}

Shards::~Shards() = default;

void Shards::StartKeepers(const tokens::KeeperOptions& options) {
  for (const auto& shard : shards_) {
    const auto owns = [this, home = shard.get()](tokens::Subject subject) {
      return &For(subject.id) == home;
    };
    keeping_.push_back(std::make_unique<Keeping>(custody_, options, *shard, owns));
  }
}

Shard& Shards::For(std::int64_t subject_id) {
  return *shards_[absl::HashOf(subject_id) % shards_.size()];
}

}  // namespace firstmile::gateway
