// Splits an order into packages and undoes it.
#pragma once

#include <vector>

#include "emulator/world/world.h"

namespace emulator::world {

// All packages wait for ship_order, and there is one; or, to undo a split, there are several.
bool MayBeSplit(const World& world, Row order);
bool MayBeUnsplit(const World& world, Row order);

// One package for each item, five at most. False if the state or the number of items does not allow it.
bool SplitByItem(World& world, Row order, int64_t at);
bool Unsplit(World& world, Row order, int64_t at);

inline constexpr std::size_t kFewestParts = 2;
inline constexpr std::size_t kMostParts = 5;

}  // namespace emulator::world
