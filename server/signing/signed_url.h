// A parsed signed URL.
//
// A plain value; its texts are secrets, since a malformed URL may contain the token anywhere.
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
  secrets::Secret raw;    // verbatim
  secrets::Secret value;  // percent-decoded
};

struct SignedUrl {
  // Most parameters of a URL.
  static constexpr std::size_t kParametersMax = 200;

  secrets::Secret scheme;  // "https"; empty when the URL starts with its path
  secrets::Secret host;    // with port, if any
  secrets::Secret path;    // verbatim, not decoded
  secrets::Secret query;   // verbatim, without the question mark
  std::vector<UrlParameter> parameters;

  // The first parameter of that name; null when there is none.
  const UrlParameter* Find(absl::string_view name) const;
  int Count(absl::string_view name) const;

  // Its value; empty when there is none.
  absl::string_view ValueOf(absl::string_view name) const;
};

// Parses a whole URL, or one that starts with its path. Fails with kInvalidArgument and a message that quotes
// nothing from the URL.
absl::StatusOr<SignedUrl> ParseSignedUrl(absl::string_view url);

// Percent-encoded, as a query value is sent.
secrets::Secret PercentEncoded(absl::string_view value);

}  // namespace firstmile::signing
