#include "errors/retry_after.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "text/http_date.h"

namespace firstmile::errors {

std::optional<absl::Duration> ParseRetryAfter(absl::string_view value, absl::Time now) {
  value = absl::StripAsciiWhitespace(value);
  absl::Duration pause;
  if (!value.empty() && std::all_of(value.begin(), value.end(), absl::ascii_isdigit)) {
    std::uint32_t seconds = 0;
    pause = absl::SimpleAtoi(value, &seconds) ? absl::Seconds(seconds) : kRetryAfterMax;
  } else if (const std::optional<absl::Time> until = text::ParseHttpDate(value); until.has_value()) {
    pause = *until - now;
  } else {
    return std::nullopt;
  }
  return std::clamp(pause, absl::ZeroDuration(), kRetryAfterMax);
}

}  // namespace firstmile::errors
