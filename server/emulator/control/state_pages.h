// The state of the world, for people and tests; and its snapshots. Thread safe.
#pragma once

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

inline constexpr std::size_t kMaxListedShops = 200;
inline constexpr std::size_t kMaxCountedNumbers = 500;  // the newest of each shop
inline constexpr std::size_t kMaxListedRows = 60;       // numbers, bindings and orders of one shop
inline constexpr std::size_t kMaxListedOrdersOfNumber = 10;

http::Answer ShowState(engine::Engine& engine);
http::Answer ShowShop(engine::Engine& engine, const http::Request& request);  // ?shop_id=

// {name}; without a body, the name is "default".
http::Answer TakeSnapshot(engine::Engine& engine, const http::Request& request);
http::Answer ListSnapshots(engine::Engine& engine);
http::Answer RestoreSnapshot(engine::Engine& engine, const http::Request& request);

}  // namespace emulator::control
