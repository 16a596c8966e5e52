// The event loops with their gateways, and the assignment of shops and merchants to them.
//
// `For` is thread-safe. A shard's gateway belongs to its loop.
#pragma once

#include <memory>
#include <vector>

#include "gateway/gateway.h"
#include "tokens/refresh_scheduler.h"
#include "tokens/token_manager.h"
#include "transport/curl_transport.h"
#include "transport/event_loop.h"

namespace firstmile::gateway {

// Options of each loop.
struct ShardOptions {
  transport::CurlTransportOptions transport;
  GatewayOptions gateway;
  limits::LimitsOptions limits;
};

// What all loops share. All of it outlives them.
struct ShardParts {
  const transport::Clock& clock;
  const tokens::TokenContext& tokens;
  ops::Metrics& metrics;
  transport::BlockingThreads& answer_threads;
  transport::ByteBudget* answer_memory = nullptr;  // for large answers; null: unlimited
};

struct Shard {
  Shard(int index, const ShardOptions& options, const ShardParts& parts);

  // Ends what runs on the loop, including a refresh that was sent.
  ~Shard();

  // The loop stops first and is destroyed last.
  transport::EventLoop loop;
  transport::CurlTransport transport;
  tokens::TokenManager token_manager;
  limits::UpstreamLimits limits;
  Gateway gateway;

 private:
  void ShowLimits(ops::LoopGauges& gauges);
};

class Shards {
 public:
  // `count` is at least 1.
  Shards(int count, const ShardOptions& options, const ShardParts& parts);
  ~Shards();

  // Starts refreshing tokens that are due.
  void StartRefreshSchedulers(const tokens::RefreshSchedulerOptions& options);

  // The shard of a shop or merchant, always the same.
  Shard& For(tokens::Subject subject);

 private:
  class RunningScheduler;

  const tokens::TokenContext& tokens_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<std::unique_ptr<RunningScheduler>> schedulers_;  // after the shards: it ends first
};

}  // namespace firstmile::gateway
