// Whose failure it is when a request could not be sent.
//
// Pure functions; safe from any thread.
#pragma once

#include <curl/curl.h>

namespace firstmile::transport {

// True when the host or the way to it is to blame for a request of which nothing was sent. Everything else is
// of this process or of the request: a text that libcurl refuses, no memory, a file that cannot be read.
// `os_error`: of CURLINFO_OS_ERRNO.
bool IsOfTheHost(CURLcode code, long os_error);

// True when this process gets no socket now: descriptors or memory are used up. Names cannot be resolved
// then, and libcurl tells that like a host that does not exist.
bool IsOutOfSockets();

}  // namespace firstmile::transport
