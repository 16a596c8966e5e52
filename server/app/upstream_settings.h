// How Shopee is reached: what the configuration says of it.
//
// Plain functions for the start of the process.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "app/config_validator.h"
#include "transport/curl_options.h"

namespace firstmile::app {

struct UpstreamSettings {
  std::string base_url;
  transport::CurlTransportOptions transport;
  std::size_t connections_max = 0;
  std::size_t json_bytes_max = 0;
  std::optional<absl::Duration> attempt_timeout_max = {};  // nothing: what the operation grants
  std::vector<std::string> warnings = {};
};

// `flag`: of --upstream, which goes over the base_url of the file; may be empty.
UpstreamSettings ResolveUpstreamSettings(ConfigValidator& check, const config::v1::Upstream& upstream,
                                         absl::string_view flag);

}  // namespace firstmile::app
