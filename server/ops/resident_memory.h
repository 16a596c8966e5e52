// The memory that this process has resident.
//
// Thread-safe.
#pragma once

#include <cstdint>

namespace firstmile::ops {

// In bytes; 0 where the system does not report it.
std::int64_t ResidentBytes();

}  // namespace firstmile::ops
