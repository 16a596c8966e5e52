// The URL that a seller's browser is sent to after a decision. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace emulator::auth {

inline constexpr std::size_t kLongestRedirect = 2048;

// An absolute http or https URL of visible ASCII characters, so that it is safe in a header.
bool IsWebUrl(std::string_view url);

// Is the host of `url` that domain, or one below it? An empty domain is everybody's.
bool IsOfDomain(std::string_view url, std::string_view domain);

// Adds parameters, encoded, in front of a fragment.
std::string WithParameters(std::string_view url,
                           const std::vector<std::pair<std::string, std::string>>& parameters);

std::string HtmlEscape(std::string_view text);

}  // namespace emulator::auth
