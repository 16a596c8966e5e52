// Which addresses belong to this machine alone.
//
// Pure functions, safe from any thread.
#pragma once

#include <sys/socket.h>

#include "absl/strings/string_view.h"

namespace firstmile::app {

// Whether `host`, without port and brackets, names this machine alone: an address of 127.0.0.0/8, ::1 in any
// spelling, or the name localhost. No other name is looked up or trusted, whatever it begins with.
bool IsLoopbackHost(absl::string_view host);

// The same of an address that was resolved. Families other than IPv4 and IPv6 are not loopback.
bool IsLoopbackAddress(const sockaddr& address);

}  // namespace firstmile::app
