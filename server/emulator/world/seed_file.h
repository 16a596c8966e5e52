// Adds the shops and orders of a seed (JSON, see WORLD.md) to a world. Not thread safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "emulator/world/world.h"

namespace emulator::world {

inline constexpr std::size_t kMaxSeedBytes = std::size_t{256} * 1024 * 1024;

// Returns "" or an error text with its position; after an error the world must not be used. An empty seed
// adds nothing.
std::string LoadSeed(std::string_view json_text, World& world);

}  // namespace emulator::world
