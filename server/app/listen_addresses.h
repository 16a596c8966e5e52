// Where the sidecar may listen.
//
// Safe from any thread. Asks the system's resolver.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "listener/listening_socket.h"

namespace firstmile::app {

// True when some caller beyond this machine could reach the address: a host with an address that is not
// loopback, by what it resolves to and not by its name.
bool ReachesBeyondThisMachine(const listener::ListenAddress& address);

// Fails with kInvalidArgument when an entry has a wrong form, or reaches beyond this machine without
// `allow_anyone`; with kUnavailable when a host has no address.
absl::StatusOr<std::vector<listener::ListenAddress>> ResolveListenAddresses(
    const std::vector<std::string>& listen, bool allow_anyone);

}  // namespace firstmile::app
