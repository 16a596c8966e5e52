// The order of a call that names one order of the calling shop.
#pragma once

#include "emulator/api/call.h"
#include "emulator/api/params.h"

namespace emulator::api {

// The row of order_sn; reports a problem if the shop has no such order, and then returns kNoRow.
Row ReadOwnOrder(const Call& call, const BodyFields& body, Problem& problem);

}  // namespace emulator::api
