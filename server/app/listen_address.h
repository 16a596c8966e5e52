// Addresses that the sidecar serves on: host:port or unix:/absolute/path.
//
// Pure functions but for looking at socket files; safe from any thread.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace firstmile::app {

// Fails with kInvalidArgument when the address has another form or a socket path is too long, and with
// kAlreadyExists when a living process serves the socket already. A stale socket file is left to gRPC, which
// removes it.
absl::Status CheckListenAddress(const std::string& address);

// Why binding `address` fails, from one more try: "Address already in use" and the like; empty when it works
// now.
std::string BindProblem(const std::string& address);

}  // namespace firstmile::app
