// Looks at a whole world: a digest of its state, and whether it is consistent. Pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "emulator/world/world.h"

namespace emulator::world {

// Equal for equal orders, packages, numbers and lists.
uint64_t DigestOf(const World& world);

// "" or the first rule that is broken: an order on at most one number, no number over its limit, both sides
// of a binding agree, the lists hold exactly what belongs there.
std::string FindBrokenRule(World& world);

}  // namespace emulator::world
