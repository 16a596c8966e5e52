// Answers and bodies of the control API. Pure functions.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "emulator/http/message.h"

namespace emulator::control {

http::Answer Ok(const boost::json::value& value);
http::Answer Error(int status, const std::string& text);
// The body as an object, owned by `storage`, or null if it is none.
const boost::json::object* ParseBody(const http::Request& request, boost::json::value& storage);

}  // namespace emulator::control
