// What libcurl says of a failed transfer, for people.
//
// Pure function; safe from any thread.
#pragma once

#include <curl/curl.h>

#include <string>

namespace firstmile::transport {

// `detail` is CURLOPT_ERRORBUFFER's text; empty: none. It is shown where it tells of names, addresses and
// times; elsewhere it may quote the answer, and libcurl's fixed words for `code` stand for it.
std::string FailureText(CURLcode code, const char* detail);

}  // namespace firstmile::transport
