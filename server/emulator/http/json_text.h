// JSON text of answers. Pure function.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace emulator::http {

// `value` as JSON text. Strings may contain bytes of a request; invalid UTF-8 is replaced by U+FFFD.
std::string ToJsonText(const boost::json::value& value);

}  // namespace emulator::http
