// The pages of the control API about rate limits. Thread safe.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

http::Answer ListRateLimits(engine::Engine& engine);
// {per_second, shop_id? | merchant_id?, path?, window?}
http::Answer SetRateLimit(engine::Engine& engine, const http::Request& request);

boost::json::object DescribeCounts(const std::map<int64_t, RateCount>& counts);

}  // namespace emulator::control
