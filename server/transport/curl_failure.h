// Which side caused the failure of a request that could not be sent.
//
// Pure functions; safe from any thread.
#pragma once

#include <curl/curl.h>

namespace firstmile::transport {

// Whether the host or the network caused the failure of a request that was not sent at all. Other causes are
// in this process or the request: text that libcurl rejects, no memory, an unreadable file. `os_error`: from
// CURLINFO_OS_ERRNO.
bool IsOfTheHost(CURLcode code, long os_error);

// Whether this process has no free descriptors or memory for a socket. Names cannot be resolved then, which
// libcurl reports like an unknown host.
bool IsOutOfSockets();

}  // namespace firstmile::transport
