#include "app/listener_log.h"

#include <chrono>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "ops/call_log.h"

namespace firstmile::app {
namespace {

constexpr std::chrono::seconds kLineEvery{1};

// Belongs to the acceptor's thread.
class OneLineASecond {
 public:
  void Write(absl::string_view event, const std::string& detail) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) {
      ++left_out_;
      return;
    }
    next_ = now + kLineEvery;
    const std::string more = left_out_ == 0 ? "" : absl::StrCat("; ", left_out_, " more since the last line");
    ops::LogEvent(ops::LogLevel::kWarning, event, absl::StrCat(detail, more));
    left_out_ = 0;
  }

 private:
  std::chrono::steady_clock::time_point next_;
  std::uint64_t left_out_ = 0;
};

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
          ": memory is short (limits.memory_max_mb), and it sends most for which no call begins");
  }
  return "";
}

}  // namespace

listener::AcceptorEvents ListenerLog(ops::Metrics& metrics, const listener::ConnectionBounds& bounds) {
  listener::AcceptorEvents events;
  events.count_changed = [&metrics](std::size_t open) { metrics.SetConnections(open); };
  events.refused = [&metrics, bounds, log = std::make_shared<OneLineASecond>()](listener::Refusal refusal,
                                                                                const std::string& host) {
    metrics.CountConnectionRefused(NameOf(refusal));
    log->Write("connection_refused", Explain(refusal, host, bounds));
  };
  events.closed = [&metrics, log = std::make_shared<OneLineASecond>()](listener::Closing closing,
                                                                       const std::string& host) {
    metrics.CountConnectionClosed(NameOf(closing));
    log->Write("connection_closed", Explain(closing, host));
  };
  return events;
}

}  // namespace firstmile::app
