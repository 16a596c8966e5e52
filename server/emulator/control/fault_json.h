// Faults to and from the JSON of the control API.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "emulator/emulator.h"

namespace emulator::control {

// Returns "" and fills `fault`, or returns an error text. Unknown members are errors.
std::string ParseFault(const boost::json::object& object, Fault& fault);
boost::json::object DescribeFault(const Fault& fault);

}  // namespace emulator::control
