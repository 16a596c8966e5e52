// Batches of packages: the request's package_list and the shape of the result. Not thread safe, like the
// world.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "emulator/api/call.h"
#include "emulator/api/params.h"

namespace emulator::api {

inline constexpr std::string_view kPackageMissing = "The package is not exist.";

// Reads package_list, 1 to 50 packages without duplicates. The order is reversed, so that clients cannot
// match results by position.
std::vector<std::string> ReadPackageList(const Call& call, Problem& problem);

// kNoRow if the shop has no such package.
Row FindOwnPackage(const Call& call, const std::string& number);

// An element of fail_list.
boost::json::object DescribePackageFailure(const std::string& number, std::string_view reason);

}  // namespace emulator::api
