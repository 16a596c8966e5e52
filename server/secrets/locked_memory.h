// Memory for secrets, locked against swapping up to the process's limit of locked memory; ordinary memory
// beyond that.
//
// Thread-safe. Pages are reserved at the first use, count as used only once touched, and are excluded from
// core dumps.
#pragma once

#include <cstddef>

namespace firstmile::secrets {

// Most locked bytes.
inline constexpr std::size_t kLockedBytesMax = std::size_t{64} << 20;

// Never null.
char* AllocateLocked(std::size_t bytes);

// Overwrites the bytes before freeing them. `bytes` is the requested size.
void FreeLocked(char* memory, std::size_t bytes);

// Locked bytes for secrets; 0 when the limit allows none.
std::size_t LockedBytes();

}  // namespace firstmile::secrets
