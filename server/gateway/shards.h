// The event loops with what lives on them, and the rule which shop lives where.
//
// `For` is thread-safe. A shard's gateway belongs to its loop.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "gateway/gateway.h"
#include "tokens/custodian.h"
#include "tokens/keeper.h"
#include "transport/curl_transport.h"
#include "transport/event_loop.h"

namespace firstmile::gateway {

// Of each loop.
struct ShardOptions {
  transport::CurlTransportOptions transport;
  GatewayOptions gateway;
  limits::LimitsOptions limits;
};

// What all loops share, and what outlives them.
struct ShardParts {
  const transport::Clock& clock;
  const tokens::CustodyContext& custody;
  ops::Metrics& metrics;
  transport::BlockingThreads& answer_threads;
  transport::ByteBudget* answer_memory = nullptr;  // of large answers; null: no bound
  limits::FleetBudget* fleet = nullptr;            // null: this sidecar learns its limits alone
};

struct Shard {
  Shard(int index, const ShardOptions& options, const ShardParts& parts);

  // Ends what runs on the loop, a refresh that was sent among it.
  ~Shard();

  // The loop stops first and is freed last.
  transport::EventLoop loop;
  transport::CurlTransport transport;
  tokens::Custodian custodian;
  limits::LoopLimits limits;
  Gateway gateway;

 private:
  void ShowLimits(ops::LoopGauges& gauges);
};

class Shards {
 public:
  // `count` is at least 1.
  Shards(int count, const ShardOptions& options, const ShardParts& parts);
  ~Shards();

  // Starts to renew tokens that are due.
  void StartKeepers(const tokens::KeeperOptions& options);

  // The shard where a shop or merchant lives, always the same.
  Shard& For(std::int64_t subject_id);

 private:
  class Keeping;

  const tokens::CustodyContext& custody_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<std::unique_ptr<Keeping>> keeping_;  // after the shards: it ends first
};

}  // namespace firstmile::gateway
