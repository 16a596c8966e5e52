// What the HTTP header Retry-After asks for.
//
// Thread-safe.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace firstmile::errors {

// A longer pause is taken for a mistake, and shortened to this.
inline constexpr absl::Duration kRetryAfterMax = absl::Hours(1);

// The pause that `value` asks for, in seconds or as a date (RFC 9110), from `now` on. Nothing when it is
// neither.
std::optional<absl::Duration> ParseRetryAfter(absl::string_view value, absl::Time now);

}  // namespace firstmile::errors
