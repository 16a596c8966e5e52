#include "gateway/shards.h"

#include <functional>
#include <future>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"

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

}  // namespace

Shard::Shard(const transport::Clock& clock, int index, const ShardOptions& options,
             const tokens::CustodyContext& custody, ops::Metrics& metrics)
    : loop(clock, absl::StrCat("loop-", index)),
      transport(loop, options.transport),
      custodian(custody, loop, transport),
      limits(options.limits, loop),
      gateway(options.gateway, {loop, transport, custodian, custody.signer, limits, metrics}) {}

Shard::~Shard() {
  StartOn(loop, custodian.Close()).wait();
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

Shards::Shards(int count, const transport::Clock& clock, const ShardOptions& options,
               const tokens::CustodyContext& custody, ops::Metrics& metrics)
    : custody_(custody) {
  for (int i = 0; i < count; ++i) {
    shards_.push_back(std::make_unique<Shard>(clock, i, options, custody, metrics));
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
