// The connections of one event loop: the pool for new transfers, and retired pools whose transfers still run.
//
// libcurl 7.88 keeps an HTTP/2 connection on which calls time out, assigns new calls to it, and has no way to
// remove a connection from its pool. So the whole pool is retired and replaced by an empty one.
//
// Not thread-safe; use it only on its event loop.
#pragma once

#include <cstddef>
#include <list>
#include <optional>

#include "transport/curl_multi.h"

namespace firstmile::transport {

class ConnectionPools {
 public:
  // `poller` outlives it.
  explicit ConnectionPools(Poller& poller) : poller_(poller) { pools_.emplace_back(poller_, kept_); }

  // The pool for new transfers.
  CurlMulti& current() { return pools_.back(); }

  // No further request is sent on this pool's connections; the pool is destroyed when its transfers have
  // ended. No effect on a retired pool, so that many transfers on one bad connection cost one new pool.
  void Retire(CurlMulti& pool);

  // Advances the transfers that are due, and notifies the listeners of the finished ones.
  void Perform();

  // When Perform has work without socket activity.
  std::optional<MonotonicTime> due() const;

  // Most idle connections kept for reuse.
  void KeepConnections(long count);

  // The current pool, and each retired one with a transfer: at most one more than there are transfers.
  std::size_t count() const { return pools_.size(); }

 private:
  Poller& poller_;
  long kept_ = -1;
  std::list<CurlMulti> pools_;  // the last is the current one
};

}  // namespace firstmile::transport
