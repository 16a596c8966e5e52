// A digest of a world's state, and a check of its consistency. Pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "emulator/world/world.h"

namespace emulator::world {

// Equal if orders, packages, numbers and lists are equal.
uint64_t DigestOf(const World& world);

// "" or the first broken rule: a package is on at most one number, no number exceeds its limit, both sides of
// a bind agree, every list contains exactly its rows.
std::string FindBrokenRule(World& world);

}  // namespace emulator::world
