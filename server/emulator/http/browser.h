// What a browser tells about the page that a request comes from. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "emulator/http/message.h"

namespace emulator::http {

// A browser names the page in Origin, Referer or Sec-Fetch-Site of every request that may change something,
// and no page can forge these. curl and the clients of backends send none of them.
bool NamesItsPage(const Request& request);

// Whether that page is of another origin than the host that was asked. A request that names no page is not.
bool ComesFromAnotherOrigin(const Request& request);

// The host of a Host header in lower case, without port and brackets.
std::string HostName(std::string_view host_field);

}  // namespace emulator::http
