#include "transport/connection_pools.h"

#include <chrono>

namespace firstmile::transport {

void ConnectionPools::Retire(CurlMulti& pool) {
  if (&pool != &current()) return;
  pool.connections().Distrust();
  pools_.emplace_back(poller_, kept_);
}

void ConnectionPools::Perform() {
  const MonotonicTime now = std::chrono::steady_clock::now();
  for (CurlMulti& pool : pools_) pool.Perform(now);  // may retire the current one
  pools_.remove_if([this](const CurlMulti& pool) { return &pool != &current() && pool.idle(); });
}

std::optional<MonotonicTime> ConnectionPools::due() const {
  std::optional<MonotonicTime> first;
  for (const CurlMulti& pool : pools_) {
    if (pool.due().has_value() && (!first.has_value() || *pool.due() < *first)) first = pool.due();
  }
  return first;
}

void ConnectionPools::KeepConnections(long count) {
  kept_ = count;
  for (CurlMulti& pool : pools_) pool.KeepConnections(count);
}

}  // namespace firstmile::transport
