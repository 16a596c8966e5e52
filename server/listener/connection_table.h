// The open connections, with their limits.
//
// Used only on the acceptor's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "listener/connection_calls.h"
#include "listener/listening_socket.h"
#include "listener/traffic_meter.h"

namespace firstmile::listener {

using Time = std::chrono::steady_clock::time_point;

struct Connection {
  std::uint64_t id = 0;
  Descriptor descriptor;  // a duplicate of gRPC's
  std::string host;       // empty for a Unix socket
  std::string endpoint;   // host:port; empty for a Unix socket
  std::shared_ptr<ConnectionCalls> calls;
  Time active;  // when bytes were last received
  Time measured;
  std::uint64_t received = 0;
  TrafficMeter meter;
};

struct ConnectionBounds {
  std::size_t connections_max = 4096;
  std::size_t connections_max_per_host = 2048;  // Unix sockets may use all of connections_max
};

class ConnectionTable {
 public:
  // The first connection's id.
  static constexpr std::uint64_t kFirstId = 1 << 16;
  // A connection younger than this, or used within it, is not closed for a new one.
  static constexpr std::chrono::milliseconds kIdleMin{100};

  explicit ConnectionTable(const ConnectionBounds& bounds) : bounds_(bounds) {}

  enum class Fit { kFits, kTooMany, kTooManyOfHost };
  Fit FitOf(const std::string& host) const;

  // References stay valid until the connection is removed.
  Connection& Add(Descriptor descriptor, std::string host, std::string endpoint,
                  std::shared_ptr<ConnectionCalls> calls, Time now);
  Connection* Find(std::uint64_t id);
  void Remove(const Connection& connection);

  // Returns the connection without a call that was idle longest, for at least kIdleMin, among all or, if
  // given, among those of `host`. Null when there is none. Unix socket connections are exempt, since their
  // activity is not visible.
  Connection* LongestIdle(const std::string* host, Time now);

  // Reads the system's counters; returns whether the connection floods.
  bool Measure(Connection& connection, Time now);

  // Calls `visit` for the next connections in rotation, up to `most`. It may remove the one it gets.
  void VisitNext(std::size_t most, absl::FunctionRef<void(Connection&)> visit);

  std::size_t size() const { return connections_.size(); }
  std::list<Connection>& connections() { return connections_; }

 private:
  const ConnectionBounds bounds_;
  std::uint64_t next_id_ = kFirstId;
  std::list<Connection> connections_;  // longest idle first
  absl::flat_hash_map<std::uint64_t, std::list<Connection>::iterator> by_id_;
  absl::flat_hash_map<std::string, std::size_t> of_host_;
  std::deque<std::uint64_t> turns_;  // ids in rotation; closed connections stay until visited
};

// Bytes received by the system but not yet read.
std::int64_t UnreadBytes(int fd);

}  // namespace firstmile::listener
