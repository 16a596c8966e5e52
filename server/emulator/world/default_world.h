// The world that every emulator starts with. Deterministic; the tables are in README.md.
#pragma once

#include "emulator/emulator.h"
#include "emulator/world/world.h"

namespace emulator::world {

// The named orders of shop 600000 that its unbound list always has: ten demo orders, two packages of a split
// order, one order of another warehouse.
inline constexpr int kFewestUnboundOrders = 13;

inline constexpr int64_t kShopWithoutFirstMile = 699900;
inline constexpr int64_t kShopWithoutPreDeclare = 699901;
inline constexpr int64_t kBannedShop = 699902;
inline constexpr int64_t kUnlinkedShop = 699903;

// `world` must be empty.
void BuildDefaultWorld(const Options& options, World& world);

}  // namespace emulator::world
