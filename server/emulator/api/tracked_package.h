// Finds the package or booking that a tracking call names.
#pragma once

#include <string>

#include "emulator/api/call.h"
#include "emulator/api/params.h"

namespace emulator::api {

// Null if a problem was reported.
const Package* FindTrackedPackage(const Call& call, const std::string& order_sn,
                                  const std::string& package_number, Problem& problem);

const Booking* FindTrackedBooking(const Call& call, Problem& problem);

}  // namespace emulator::api
