// The ways to ship a package: what each needs, and what a call chose. Error codes are those of ship_order.
// Not thread safe, like the world.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "emulator/api/call.h"
#include "emulator/api/params.h"

namespace emulator::api {

// What a call says about the way to ship.
struct ShipWay {
  std::optional<Pickup> pickup;
  std::string tracking_number;  // of the seller's own transport; "" if it gives none
};

// The package of an order, which must be named exactly when the order is split; kNoRow if a problem was
// reported.
Row ReadPackageToShip(const Call& call, const std::string& order_sn, const std::string& package_number,
                      Problem& problem);

// Reports why the package cannot be shipped now.
void CheckShippable(const Call& call, Row package, Problem& problem);

// info_needed, and what to choose from in pickup and dropoff.
boost::json::object DescribeWays(const Call& call, const Order& order);

// The shop's pickup address and its time slots.
boost::json::object DescribePickup(const Call& call);

// Reads pickup, dropoff or non_integrated of a call that ships `order`, or orders like it.
ShipWay ReadWay(const Call& call, const Order& order, const BodyFields& body, Problem& problem);

// nullopt if a problem was reported.
std::optional<Pickup> ReadPickup(const Call& call, const boost::json::object& pickup, Problem& problem);

void CheckTrackingNumber(const std::string& number, Problem& problem);

void Ship(const Call& call, Row package, const ShipWay& way);

}  // namespace emulator::api
