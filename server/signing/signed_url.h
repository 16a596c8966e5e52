// A signed URL, taken apart.
//
// A plain value; its texts are secrets, since a URL that was put together wrongly may hold the token
// anywhere.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "secrets/secret.h"

namespace firstmile::signing {

struct UrlParameter {
  secrets::Secret name;
  secrets::Secret raw;    // as it stands in the URL
  secrets::Secret value;  // without percent-encoding
};

struct SignedUrl {
  // Most parameters of a URL that is looked at.
  static constexpr std::size_t kParametersMax = 200;

  secrets::Secret scheme;  // "https"; empty when the URL starts with its path
  secrets::Secret host;    // with port, if any
  secrets::Secret path;    // as sent, not decoded
  secrets::Secret query;   // as sent, without the question mark
  std::vector<UrlParameter> parameters;

  // The first parameter of that name; null when there is none.
  const UrlParameter* Find(absl::string_view name) const;
  int Count(absl::string_view name) const;

  // Its value; empty when there is none.
  absl::string_view ValueOf(absl::string_view name) const;
};

// Takes a whole URL, or one that starts with its path. Fails with kInvalidArgument, and a text that repeats
// nothing of the URL.
absl::StatusOr<SignedUrl> ParseSignedUrl(absl::string_view url);

// Percent-encoded, as a query value is sent.
secrets::Secret PercentEncoded(absl::string_view value);

}  // namespace firstmile::signing
