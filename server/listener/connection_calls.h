// The rpcs' counts per connection, for the acceptor.
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
  std::atomic<std::uint64_t> reset = 0;  // calls that the caller cancelled right after starting them
};

// Open TCP connections by the caller's host and port. Unix socket connections are left out: their callers
// have no address.
class ConnectionRegistry {
 public:
  // `endpoint` is EndpointOf's result.
  std::shared_ptr<ConnectionCalls> Add(const std::string& endpoint);
  // Does nothing when the endpoint belongs to another connection by now.
  void Remove(const std::string& endpoint, const ConnectionCalls& calls);

  // `peer` is grpc::ServerContext::peer()'s result. Null when there is no such connection.
  std::shared_ptr<ConnectionCalls> Find(absl::string_view peer) const;

 private:
  mutable std::mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<ConnectionCalls>> connections_;  // guarded by mutex_
};

// "host:port" from "ipv4:host:port" or "ipv6:[host]:port", percent-encoded or not; empty for anything else.
std::string EndpointOf(absl::string_view peer);

}  // namespace firstmile::listener
