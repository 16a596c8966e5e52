// Finds the package that a call means by an order and, if the order was split, a package number. The caller
// has its own error code for each way in which this fails.
#pragma once

#include <string_view>

#include "emulator/api/call.h"
#include "emulator/api/params.h"
#include "emulator/world/world.h"

namespace emulator::api {

enum class Lookup {
  kFound,
  kNoOrder,       // none of this shop
  kNumberNeeded,  // the order was split
  kNoPackage,     // none of this order
};

struct FoundPackage {
  Lookup result = Lookup::kNoOrder;
  Row row = kNoRow;  // of the package, if it was found
};

FoundPackage FindPackageOf(const World& world, const Shop& shop, std::string_view order_sn,
                           std::string_view package_number);

// For calls of the logistics module, which share the errors of a package: reports a problem and returns
// kNoRow if an order of the shop does not have it.
Row FindPackageOrReport(const Call& call, std::string_view order_sn, std::string_view package_number,
                        Problem& problem);

}  // namespace emulator::api
