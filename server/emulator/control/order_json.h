// An order as the control API shows it. Pure functions.
#pragma once

#include <boost/json/object.hpp>

#include "emulator/world/world.h"

namespace emulator::control {

// With its packages and the events that can happen to it now.
boost::json::object DescribeOrder(const World& world, Row order);

}  // namespace emulator::control
