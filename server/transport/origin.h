// The host and port of a URL.
//
// Pure function; safe from any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::transport {

struct Origin {
  std::string host;  // an IPv6 address in brackets
  std::string port;  // the scheme's default when the URL has none
};

// The part before the path: scheme, host and port. Empty for a text without a scheme.
absl::string_view WithoutPath(absl::string_view url);

// Parses a URL with a scheme that libcurl knows. Both members are empty for any other text.
Origin OriginOf(absl::string_view url);

// Whether the host needs a name server: not for addresses, nor for "localhost".
bool NeedsResolving(absl::string_view host);

}  // namespace firstmile::transport
