// JSON as answers carry it. Pure function.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace emulator::http {

// `value` as JSON text. Its texts may repeat bytes of a request: what is not UTF-8 in them becomes U+FFFD.
std::string ToJsonText(const boost::json::value& value);

}  // namespace emulator::http
