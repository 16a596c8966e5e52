#include "text/http_date.h"

#include <string>

namespace firstmile::text {

std::optional<absl::Time> ParseHttpDate(absl::string_view value) {
  if (value.empty()) return std::nullopt;  // most answers lack the header
  absl::Time time;
  std::string problem;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", value, &time, &problem)) return std::nullopt;
  return time;
}

}  // namespace firstmile::text
