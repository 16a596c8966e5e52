// The configuration's Connections, and what the process's limits leave of them.
#pragma once

#include <chrono>
#include <string>

#include "absl/status/statusor.h"
#include "app/config_validator.h"
#include "listener/connection_table.h"

namespace firstmile::app {

struct ConnectionSettings {
  listener::ConnectionBounds bounds;
  std::chrono::milliseconds handshake_timeout{5000};
  std::chrono::seconds idle_max{900};
  std::chrono::seconds age_max{3600};
  std::chrono::seconds age_grace{3600};
};

ConnectionSettings ResolveConnections(ConfigValidator& check);

// Lowers the bounds to what `descriptors`, the process's limit of open files, leaves besides connections to
// Shopee and everything else. Fails with kUnavailable when that is next to nothing.
absl::Status FitToDescriptors(std::size_t descriptors, std::size_t upstream_connections,
                              listener::ConnectionBounds* bounds);

// The process's limit of open files.
std::size_t DescriptorLimit();

}  // namespace firstmile::app
