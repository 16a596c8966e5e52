#include "app/connection_settings.h"

#include <sys/resource.h>

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "listener/acceptor.h"

namespace firstmile::app {
namespace {

constexpr std::int64_t kConnectionsMax = 1'000'000;
constexpr std::int64_t kSecondsMax = 86'400;
constexpr std::int64_t kHandshakeMsMin = 100;
constexpr std::int64_t kHandshakeMsMax = 600'000;
// For the store, the admin port, the log, listening sockets, event loops, name look-ups and what libraries
// open.
constexpr std::size_t kOtherDescriptors = 128;
constexpr std::size_t kConnectionsMin = 8;

std::chrono::seconds Seconds(ConfigValidator& check, const char* field, std::chrono::seconds otherwise) {
  return std::chrono::seconds(check.Number(field, 1, kSecondsMax, otherwise.count()));
}

}  // namespace

ConnectionSettings ResolveConnections(ConfigValidator& check) {
  ConnectionSettings settings;
  listener::ConnectionBounds& bounds = settings.bounds;
  const std::int64_t all = check.Number("connections.max_connections", 1, kConnectionsMax,
                                        static_cast<std::int64_t>(bounds.connections_max));
  bounds.connections_max = static_cast<std::size_t>(all);
  bounds.connections_max_per_host = static_cast<std::size_t>(
      check.Number("connections.max_connections_per_peer", 1, all, std::max<std::int64_t>(1, all / 2)));
  settings.handshake_timeout =
      std::chrono::milliseconds(check.Number("connections.handshake_timeout_ms", kHandshakeMsMin,
                                             kHandshakeMsMax, settings.handshake_timeout.count()));
  settings.idle_max = Seconds(check, "connections.max_idle_s", settings.idle_max);
  settings.age_max = Seconds(check, "connections.max_age_s", settings.age_max);
  settings.age_grace = Seconds(check, "connections.max_age_grace_s", settings.age_grace);
  return settings;
}

absl::Status FitToDescriptors(std::size_t descriptors, std::size_t upstream_connections,
                              listener::ConnectionBounds* bounds) {
  const std::size_t reserved = upstream_connections + kOtherDescriptors;
  const std::size_t least = reserved + kConnectionsMin * listener::kDescriptorsPerConnection;
  if (descriptors < least) {
    return absl::UnavailableError(
        absl::StrCat("the limit of open files is ", descriptors, ", and at least ", least,
                     " are needed: ", reserved, " of them for the sidecar itself, ", upstream_connections,
                     " connections to Shopee (upstream.max_connections) included; raise the limit "
                     "(LimitNOFILE, ulimit -n) or lower upstream.max_connections"));
  }
  const std::size_t affordable = (descriptors - reserved) / listener::kDescriptorsPerConnection;
  bounds->connections_max = std::min(bounds->connections_max, affordable);
  bounds->connections_max_per_host = std::min(bounds->connections_max_per_host, bounds->connections_max);
  return absl::OkStatus();
}

std::size_t DescriptorLimit() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  return static_cast<std::size_t>(files.rlim_cur);
}

}  // namespace firstmile::app
