// The shipping options of a package: logistics channel, addresses, pickup slots. Not thread safe, like the
// world.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/api/call.h"
#include "emulator/api/params.h"

namespace emulator::api {

inline constexpr int64_t kLogisticsChannelId = 28016;  // of every package that a carrier transports
inline constexpr std::string_view kLogisticsChannelName = "Standard Express";
inline constexpr int64_t kSellerChannelId = 90021;  // of the others
inline constexpr std::string_view kSellerChannelName = "Seller Transport";
inline constexpr int64_t kBranchId = 1;  // the only drop-off branch
inline constexpr int kPickupSlots = 3;   // one on each of the next days

inline constexpr std::string_view kNoParameters =
    "Shipping parameters can only be obtained when package is ready to be shipped";

enum class Transport { kCarrier, kSeller };
Transport TransportOf(const Order& order);
int64_t ChannelOf(const Order& order);
std::string_view ChannelNameOf(const Order& order);

// Whether there are shipping parameters for the package: for its shipment, or for another pickup after one
// failed.
bool HasParameters(const Order& order, const Package& package);

// The package that a shipping call names; kNoRow if a problem was reported.
Row FindPackageToShip(const Call& call, const std::string& order_sn, const std::string& package_number,
                      Problem& problem);

// region, state, city, district, town, address, zipcode.
boost::json::object DescribeAddress(const Shop& shop);

boost::json::array DescribeSlots(const World& world);
bool IsSlot(const World& world, std::string_view pickup_time_id);

}  // namespace emulator::api
