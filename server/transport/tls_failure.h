// Why a TLS connection did not come about, in words that say what to do.
//
// Pure function; safe from any thread.
#pragma once

#include <curl/curl.h>

#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::transport {

// `verify_result`: of CURLINFO_SSL_VERIFYRESULT or CURLINFO_PROXY_SSL_VERIFYRESULT. `said`: libcurl's own
// words, cleaned. `peer`: such as "the platform". Empty when those words are all there is to say.
std::string TlsFailureText(CURLcode code, long verify_result, absl::string_view said, absl::string_view peer);

}  // namespace firstmile::transport
