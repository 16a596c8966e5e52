// What the rpcs tell the acceptor of the connections on which they run.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace firstmile::listener {

// The calls of one connection.
struct ConnectionCalls {
  std::atomic<std::int64_t> running = 0;
  std::atomic<std::uint64_t> begun = 0;
  std::atomic<std::uint64_t> reset = 0;  // that the caller gave up right after it began them
};

// Open connections of TCP by the caller's host and port. Those of a unix socket cannot be told apart: their
// callers have no address.
class ConnectionRegistry {
 public:
  // `endpoint` as EndpointOf gives it.
  std::shared_ptr<ConnectionCalls> Add(const std::string& endpoint);
  // Nothing when the endpoint is another connection's by now.
  void Remove(const std::string& endpoint, const ConnectionCalls& calls);

  // `peer` as grpc::ServerContext::peer() gives it. Null when there is no such connection.
  std::shared_ptr<ConnectionCalls> Find(absl::string_view peer) const;

 private:
  mutable std::mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<ConnectionCalls>> connections_;  // guarded by mutex_
};

// "host:port" of "ipv4:host:port" or "ipv6:[host]:port", percent-encoded or not; empty for anything else.
std::string EndpointOf(absl::string_view peer);

}  // namespace firstmile::listener
