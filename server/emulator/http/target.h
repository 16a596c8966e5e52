// Splits a request target into path and query. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "emulator/http/message.h"

namespace emulator::http {

// Decodes %XX, and '+' as a space if `plus_is_space`. A malformed escape is left unchanged.
std::string PercentDecode(std::string_view text, bool plus_is_space);

Pairs ParseQuery(std::string_view raw_query);

// Fills path, raw_query and query of `request`. An absolute target (http://host/path) loses its host.
void ParseTarget(std::string_view target, Request& request);

}  // namespace emulator::http
