// The main accounts and merchants of the default world. Deterministic; described in WORLD.md.
#pragma once

#include "emulator/world/world.h"

namespace emulator::auth {

inline constexpr int64_t kCnMainAccount = 500001;
inline constexpr int64_t kKrMainAccount = 500002;
inline constexpr int64_t kCnMerchant = 1000001;
inline constexpr int64_t kKrMerchant = 1000002;

// Adds every linked shop of a region to that region's merchant and main account.
void BuildDefaultAccounts(World& world);

}  // namespace emulator::auth
