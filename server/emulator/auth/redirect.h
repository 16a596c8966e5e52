// The URL that a seller's browser is redirected to after consent or cancellation. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace emulator::auth {

inline constexpr std::size_t kLongestRedirect = 2048;

// An absolute http or https URL of visible ASCII characters, so that it is safe in a header.
bool IsWebUrl(std::string_view url);

// Whether the host of `url` is the domain or a subdomain. Every host matches an empty domain.
bool IsOfDomain(std::string_view url, std::string_view domain);

// Adds percent-encoded parameters before the fragment.
std::string WithParameters(std::string_view url,
                           const std::vector<std::pair<std::string, std::string>>& parameters);

std::string HtmlEscape(std::string_view text);

}  // namespace emulator::auth
