// Why a TLS connection failed, and what to do about it.
//
// Pure function; safe from any thread.
#pragma once

#include <curl/curl.h>

#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::transport {

// `verify_result`: from CURLINFO_SSL_VERIFYRESULT or CURLINFO_PROXY_SSL_VERIFYRESULT. `said`: libcurl's own
// text, cleaned. `peer`: such as "Shopee". Empty when `said` is all there is to say.
std::string TlsFailureText(CURLcode code, long verify_result, absl::string_view said, absl::string_view peer);

}  // namespace firstmile::transport
