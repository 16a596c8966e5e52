// The orders on a first-mile number, as both detail operations show them.
#pragma once

#include <boost/json/object.hpp>
#include <utility>

#include "emulator/api/call.h"
#include "emulator/api/page.h"

namespace emulator::api {

using BoundKey = std::pair<int64_t, Row>;  // shop, package

// Only orders of the calling shop.
Page<BoundKey> PageOfOrders(const Call& call, const FirstMileNumber& number, const Cursor& cursor, int size);

// Adds `more`, `order_list` and `next_cursor`.
void AppendOrders(const World& world, const Page<BoundKey>& page, boost::json::object& response);

}  // namespace emulator::api
