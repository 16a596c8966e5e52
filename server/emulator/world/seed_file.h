// Adds the shops and orders that a seed describes (JSON, see README.md) to a world. Not thread safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "emulator/world/world.h"

namespace emulator::world {

inline constexpr std::size_t kMostSeedBytes = std::size_t{256} * 1024 * 1024;

// Returns "" or what is wrong and where; the world is then of no use. An empty seed adds nothing.
std::string LoadSeed(std::string_view json_text, World& world);

}  // namespace emulator::world
