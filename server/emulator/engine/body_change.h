// Applies the edits of a fault to the JSON body of an answer. Pure function.
#pragma once

#include <string>
#include <vector>

#include "emulator/emulator.h"

namespace emulator::engine {

// A body that is not JSON, such as a waybill, is returned unchanged.
std::string ChangeBody(const std::vector<BodyChange>& changes, const std::string& body);

}  // namespace emulator::engine
