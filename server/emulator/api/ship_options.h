// What a package may be shipped with: the logistics channel, addresses and pickup slots. Not thread safe,
// like the world.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/api/call.h"
#include "emulator/api/params.h"

namespace emulator::api {

inline constexpr int64_t kLogisticsChannelId = 28016;  // of every emulated package
inline constexpr std::string_view kLogisticsChannelName = "Standard Express";
inline constexpr int64_t kBranchId = 1;  // the one drop-off branch
inline constexpr int kPickupSlots = 3;   // the next days, one each

// The package that a shipping call means; kNoRow after a problem.
Row FindPackageToShip(const Call& call, const std::string& order_sn, const std::string& package_number,
                      Problem& problem);

// region, state, city, district, town, address, zipcode.
boost::json::object DescribeAddress(const Shop& shop);

boost::json::array DescribeSlots(const World& world);
bool IsSlot(const World& world, std::string_view pickup_time_id);

}  // namespace emulator::api
