#include "listener/connection_table.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <utility>

namespace firstmile::listener {
namespace {

// Zeros for other sockets than TCP.
Traffic ReadTraffic(const Connection& connection) {
  Traffic traffic{.calls = connection.calls->begun.load(std::memory_order_relaxed),
                  .resets = connection.calls->reset.load(std::memory_order_relaxed)};
  tcp_info info{};
  socklen_t length = sizeof(info);
  if (getsockopt(connection.descriptor.get(), IPPROTO_TCP, TCP_INFO, &info, &length) == 0) {
    traffic.received = info.tcpi_bytes_received;
    traffic.sent = info.tcpi_bytes_sent;
  }
  return traffic;
}

}  // namespace

std::int64_t UnreadBytes(int fd) {
  int bytes = 0;
  return ioctl(fd, SIOCINQ, &bytes) == 0 ? bytes : 0;
}

ConnectionTable::Fit ConnectionTable::FitOf(const std::string& host) const {
  const auto known = of_host_.find(host);
  if (!host.empty() && known != of_host_.end() && known->second >= bounds_.connections_max_per_host) {
    return Fit::kTooManyOfHost;
  }
  return connections_.size() >= bounds_.connections_max ? Fit::kTooMany : Fit::kFits;
}

Connection& ConnectionTable::Add(Descriptor descriptor, std::string host, std::string endpoint,
                                 std::shared_ptr<ConnectionCalls> calls, Time now) {
  Connection& added = connections_.emplace_back();
  added.id = next_id_++;
  added.descriptor = std::move(descriptor);
  added.host = std::move(host);
  added.endpoint = std::move(endpoint);
  added.calls = std::move(calls);
  added.active = now;
  added.measured = now;
  ++of_host_[added.host];
  by_id_[added.id] = std::prev(connections_.end());
  turns_.push_back(added.id);
  return added;
}

Connection* ConnectionTable::Find(std::uint64_t id) {
  const auto known = by_id_.find(id);
  return known == by_id_.end() ? nullptr : &*known->second;
}

void ConnectionTable::Remove(const Connection& connection) {
  const auto host = of_host_.find(connection.host);
  if (--host->second == 0) of_host_.erase(host);
  const auto known = by_id_.find(connection.id);
  const auto place = known->second;
  by_id_.erase(known);
  connections_.erase(place);
}

bool ConnectionTable::Measure(Connection& connection, Time now) {
  const Traffic traffic = ReadTraffic(connection);
  const bool floods = connection.meter.Update(traffic, absl::FromChrono(now - connection.measured));
  connection.measured = now;
  if (traffic.received != connection.received) {
    connection.received = traffic.received;
    connection.active = now;
    connections_.splice(connections_.end(), connections_, by_id_.at(connection.id));
  }
  return floods;
}

Connection* ConnectionTable::LongestIdle(const std::string* host, Time now) {
  for (auto next = connections_.begin(); next != connections_.end();) {
    Connection& candidate = *next++;  // Measure may move it to the end
    if (now - candidate.active < kIdleMin) return nullptr;
    if (candidate.host.empty() || (host != nullptr && candidate.host != *host)) continue;
    if (candidate.calls->running.load(std::memory_order_relaxed) > 0) continue;
    Measure(candidate, now);
    if (now - candidate.active >= kIdleMin) return &candidate;
  }
  return nullptr;
}

void ConnectionTable::VisitNext(std::size_t most, absl::FunctionRef<void(Connection&)> visit) {
  for (std::size_t turns = turns_.size(); turns > 0 && most > 0; --turns) {
    const std::uint64_t id = turns_.front();
    turns_.pop_front();
    Connection* connection = Find(id);
    if (connection == nullptr) continue;
    --most;
    turns_.push_back(id);
    visit(*connection);
  }
}

}  // namespace firstmile::listener
