#include "app/listener_log.h"

#include <chrono>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "ops/shared_line.h"

namespace firstmile::app {
namespace {

std::string CallerOf(const std::string& host) {
  return host.empty() ? "a unix socket" : host;
}

std::string Explain(listener::Refusal refusal, const std::string& host,
                    const listener::ConnectionBounds& bounds) {
  switch (refusal) {
    case listener::Refusal::kTooMany:
      return absl::StrCat("a connection from ", CallerOf(host), ": ", bounds.connections_max,
                          " are open (connections.max_connections, limit of open files)");
    case listener::Refusal::kTooManyOfHost:
      return absl::StrCat("a connection from ", CallerOf(host), ": it has ", bounds.connections_max_per_host,
                          " (connections.max_connections_per_peer)");
    case listener::Refusal::kNoDescriptor:
      return absl::StrCat("a connection from ", CallerOf(host),
                          ": no file descriptor is left (limit of open files)");
  }
  return "";
}

std::string Explain(listener::Closing closing, const std::string& host) {
  switch (closing) {
    case listener::Closing::kIdle:
      return absl::StrCat("a connection from ", CallerOf(host), " that was idle, in favour of a new one");
    case listener::Closing::kFlood:
      return absl::StrCat(
          "a connection from ", CallerOf(host),
          " that floods: it sends much for which no call begins, or resets its calls at once");
    case listener::Closing::kMemory:
      return absl::StrCat(
          "a connection from ", CallerOf(host),
          ": memory is short (limits.max_memory_mib), and it sends most for which no call begins");
  }
  return "";
}

}  // namespace

listener::AcceptorEvents ListenerLog(ops::Metrics& metrics, const listener::ConnectionBounds& bounds) {
  listener::AcceptorEvents events;
  events.count_changed = [&metrics](std::size_t open) { metrics.SetConnections(open); };
  events.refused = [&metrics, bounds,
                    log = std::make_shared<ops::SharedLine>(ops::EventName("connection_refused"))](
                       listener::Refusal refusal, const std::string& host) {
    metrics.CountConnectionRefused(NameOf(refusal));
    log->Log(std::chrono::steady_clock::now(), Explain(refusal, host, bounds));
  };
  events.closed = [&metrics, log = std::make_shared<ops::SharedLine>(ops::EventName("connection_closed"))](
                      listener::Closing closing, const std::string& host) {
    metrics.CountConnectionClosed(NameOf(closing));
    log->Log(std::chrono::steady_clock::now(), Explain(closing, host));
  };
  return events;
}

}  // namespace firstmile::app
