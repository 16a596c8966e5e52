// The composition root: builds every module from the settings, serves, drains.
//
// Thread-safe after Start, except that Drain is called once. Destroying a sidecar drains it with no time
// left.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "app/settings.h"

namespace firstmile::app {

class Sidecar {
 public:
  // Serves when it returns. Fails with kInvalidArgument when the configuration must be corrected, and with
  // another code when a later start may succeed, for example kUnavailable when an address cannot be bound.
  // The secrets of `settings` move into the modules.
  static absl::StatusOr<std::unique_ptr<Sidecar>> Start(Settings settings);
  ~Sidecar();

  // Where it listens, with the ports that the system chose for port 0.
  const std::vector<std::string>& addresses() const;
  // Of the admin port, as host:port; empty when it is not served.
  std::string admin_address() const;

  // Health says NOT_SERVING, then lame duck, then running calls get the drain timeout, then they are
  // cancelled.
  void Drain();

 private:
  class Modules;
  explicit Sidecar(std::unique_ptr<Modules> modules);

  std::unique_ptr<Modules> modules_;
};

}  // namespace firstmile::app
