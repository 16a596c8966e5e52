// Memory for secrets that the system never writes to its swap, as far as the process's limit of locked memory
// allows; ordinary memory beyond that.
//
// Thread-safe. The locked pages are taken at the first use, count as used only where they are, and are left
// out of core dumps.
#pragma once

#include <cstddef>

namespace firstmile::secrets {

// Most bytes that are locked.
inline constexpr std::size_t kLockedBytesMax = std::size_t{64} << 20;

// Never null.
char* AllocateLocked(std::size_t bytes);

// Overwrites the bytes before it gives them back. `bytes` is what was asked for.
void FreeLocked(char* memory, std::size_t bytes);

// How much memory for secrets is locked; 0 where the limit allows none.
std::size_t LockedBytes();

}  // namespace firstmile::secrets
