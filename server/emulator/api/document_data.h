// The data of labels that sellers draw themselves. Pure functions.
#pragma once

#include "emulator/world/entities.h"

namespace emulator::api {

// Whether the seller may draw the package's label: those that leave from Mainland China.
inline bool AllowsOwnLabel(const Package& package) {
  return package.warehouse != nullptr && package.warehouse->region == Region::kCn;
}

}  // namespace emulator::api
