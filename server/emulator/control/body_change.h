// Makes the scripted edits of a fault to the JSON body of an answer. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "emulator/emulator.h"

namespace emulator::control {

// A body that is no JSON (a waybill) stays as it is.
std::string ChangeBody(const std::vector<BodyChange>& changes, const std::string& body);

}  // namespace emulator::control
