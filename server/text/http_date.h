// Parses the date format of HTTP headers (RFC 9110).
//
// Thread-safe.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace firstmile::text {

// "Mon, 20 Jun 2022 08:40:31 GMT"; nothing when `value` is anything else.
std::optional<absl::Time> ParseHttpDate(absl::string_view value);

}  // namespace firstmile::text
