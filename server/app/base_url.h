// Where Shopee is, checked with the parser that libcurl sends requests with.
//
// Pure functions, safe from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace firstmile::app {

struct BaseUrl {
  std::string text;  // scheme://host or scheme://host:port in lower case, IPv4 addresses in their usual form
  bool plain_http = false;
  bool loopback = false;  // the host is this machine
};

// Fails with kInvalidArgument and the rule that `url` breaks: http or https, a host, perhaps a port, and
// nothing else but one slash at the end.
absl::StatusOr<BaseUrl> ParseBaseUrl(absl::string_view url);

// The same for a proxy: http, https or socks5h, a host and a port.
absl::StatusOr<std::string> ParseProxyUrl(absl::string_view url);

}  // namespace firstmile::app
