// The connections that are open, within their bounds.
//
// Belongs to the acceptor's thread.
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
  Descriptor descriptor;  // a second one of the socket that gRPC has
  std::string host;       // empty: of a unix socket
  std::string endpoint;   // host:port; empty: of a unix socket
  std::shared_ptr<ConnectionCalls> calls;
  Time active;  // when bytes were last seen to have come in
  Time measured;
  std::uint64_t received = 0;
  TrafficMeter meter;
};

struct ConnectionBounds {
  std::size_t connections_max = 4096;
  std::size_t connections_max_per_host = 2048;  // those of unix sockets have the whole
};

class ConnectionTable {
 public:
  // The first id that a connection gets.
  static constexpr std::uint64_t kFirstId = 1 << 16;
  // A connection that is younger, or was used since, is not closed in favour of a new one.
  static constexpr std::chrono::milliseconds kIdleMin{100};

  explicit ConnectionTable(const ConnectionBounds& bounds) : bounds_(bounds) {}

  enum class Fit { kFits, kTooMany, kTooManyOfHost };
  Fit FitOf(const std::string& host) const;

  // References stay good until the connection is removed.
  Connection& Add(Descriptor descriptor, std::string host, std::string endpoint,
                  std::shared_ptr<ConnectionCalls> calls, Time now);
  Connection* Find(std::uint64_t id);
  void Remove(const Connection& connection);

  // Among all, or among those of `host` alone when it is given: the one without a call that was idle longest,
  // for kIdleMin at least. Null: there is none. Those of unix sockets do not show what they do and stay.
  Connection* LongestIdle(const std::string* host, Time now);

  // Reads what the system counted, and whether the connection floods.
  bool Measure(Connection& connection, Time now);

  // Calls `visit` with up to `most` connections whose turn it is. It may remove the one that it is given.
  void VisitNext(std::size_t most, absl::FunctionRef<void(Connection&)> visit);

  std::size_t size() const { return connections_.size(); }
  std::list<Connection>& connections() { return connections_; }

 private:
  const ConnectionBounds bounds_;
  std::uint64_t next_id_ = kFirstId;
  std::list<Connection> connections_;  // longest idle first
  absl::flat_hash_map<std::uint64_t, std::list<Connection>::iterator> by_id_;
  absl::flat_hash_map<std::string, std::size_t> of_host_;
  std::deque<std::uint64_t> turns_;  // ids, those of connections that are gone included until their turn
};

// Bytes that wait to be read from a socket.
std::int64_t UnreadBytes(int fd);

}  // namespace firstmile::listener
