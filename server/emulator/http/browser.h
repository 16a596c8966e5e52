// The page that a browser's request comes from, according to its headers. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "emulator/http/message.h"

namespace emulator::http {

// A browser sends Origin, Referer or Sec-Fetch-Site with every request that may change something, and a page
// cannot forge them. curl and backend clients send none of them.
bool NamesItsPage(const Request& request);

// Whether the page's origin differs from the requested host. False if the request names no page.
bool ComesFromAnotherOrigin(const Request& request);

// The host in a Host header, in lower case, without port and brackets.
std::string HostName(std::string_view host_field);

}  // namespace emulator::http
