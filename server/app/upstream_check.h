// Asks Shopee for one answer, to see whether the way there is free.
//
// Blocks; starts and ends a thread of its own.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "transport/curl_options.h"

namespace firstmile::app {

// What Shopee has answered to "GET /", in words: any HTTP answer will do, since nothing is signed.
// Fails with kUnavailable and the reason when there is none within upstream.connect_timeout_ms and ten
// seconds.
absl::StatusOr<std::string> CheckUpstream(const std::string& base_url,
                                          const transport::CurlTransportOptions& options);

}  // namespace firstmile::app
