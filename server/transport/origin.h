// The host and port of a URL.
//
// Pure function; safe from any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::transport {

struct Origin {
  std::string host;  // an IPv6 address in brackets
  std::string port;  // the scheme's own when the URL has none
};

// Of a URL with a scheme of libcurl's. Both are empty for a text that is no such URL.
Origin OriginOf(absl::string_view url);

// Whether a name server must be asked where it is: not for addresses, nor for "localhost".
bool NeedsResolving(absl::string_view host);

}  // namespace firstmile::transport
