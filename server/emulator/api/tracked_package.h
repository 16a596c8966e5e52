// Finds the parcel or booking that a tracking call of the logistics module asks for.
#pragma once

#include <string>

#include "emulator/api/call.h"
#include "emulator/api/params.h"

namespace emulator::api {

// Null after a problem.
const Package* FindTrackedPackage(const Call& call, const std::string& order_sn,
                                  const std::string& package_number, Problem& problem);

const Booking* FindTrackedBooking(const Call& call, Problem& problem);

}  // namespace emulator::api
