#include "errors/retry_after.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace firstmile::errors {

std::optional<absl::Duration> ParseRetryAfter(absl::string_view value, absl::Time now) {
  value = absl::StripAsciiWhitespace(value);
  absl::Time until;
  std::string problem;
  absl::Duration pause;
  if (!value.empty() && std::all_of(value.begin(), value.end(), absl::ascii_isdigit)) {
    std::uint32_t seconds = 0;
    pause = absl::SimpleAtoi(value, &seconds) ? absl::Seconds(seconds) : kRetryAfterMax;
  } else if (absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", value, &until, &problem)) {
    pause = until - now;
  } else {
    return std::nullopt;
  }
  return std::clamp(pause, absl::ZeroDuration(), kRetryAfterMax);
}

}  // namespace firstmile::errors
