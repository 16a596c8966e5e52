// Describes a failed transfer, for people.
//
// Pure function; safe from any thread.
#pragma once

#include <curl/curl.h>

#include <string>

namespace firstmile::transport {

// `detail` is CURLOPT_ERRORBUFFER's text; may be empty. It is shown only for failures where it contains just
// names, addresses and times. Elsewhere it may quote the answer, so libcurl's fixed text for `code` replaces
// it.
std::string FailureText(CURLcode code, const char* detail);

}  // namespace firstmile::transport
