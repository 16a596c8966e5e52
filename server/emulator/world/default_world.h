// The initial world of every emulator. Deterministic; described in WORLD.md.
#pragma once

#include "emulator/emulator.h"
#include "emulator/world/world.h"

namespace emulator::world {

// The named rows in the unbound list of shop 600000: ten demo orders, two packages of a split order and one
// order of another warehouse.
inline constexpr int kMinUnboundOrders = 13;

inline constexpr int64_t kShopWithoutFirstMile = 699900;
inline constexpr int64_t kShopWithoutPreDeclare = 699901;
inline constexpr int64_t kBannedShop = 699902;
inline constexpr int64_t kUnlinkedShop = 699903;

// `world` must be empty.
void BuildDefaultWorld(const Options& options, World& world);

}  // namespace emulator::world
