// What the world holds now, for people and tests. Thread safe.
#pragma once

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

inline constexpr std::size_t kMostListedShops = 200;
inline constexpr std::size_t kMostCountedNumbers = 500;  // the newest of each shop
inline constexpr std::size_t kMostListedRows = 60;       // numbers, bindings and orders of one shop
inline constexpr std::size_t kMostListedOrdersOfNumber = 10;

http::Answer ShowState(engine::Engine& engine);
http::Answer ShowShop(engine::Engine& engine, const http::Request& request);  // ?shop_id=

// {name} or no body: the name "default".
http::Answer TakeSnapshot(engine::Engine& engine, const http::Request& request);
http::Answer ListSnapshots(engine::Engine& engine);
http::Answer RestoreSnapshot(engine::Engine& engine, const http::Request& request);

}  // namespace emulator::control
