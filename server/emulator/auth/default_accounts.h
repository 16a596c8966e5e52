// The main accounts and merchants of the default world. Deterministic; the table is in README.md.
#pragma once

#include "emulator/world/world.h"

namespace emulator::auth {

inline constexpr int64_t kCnMainAccount = 500001;
inline constexpr int64_t kKrMainAccount = 500002;
inline constexpr int64_t kCnMerchant = 1000001;
inline constexpr int64_t kKrMerchant = 1000002;

// Puts every linked shop of a region under the merchant and the main account of that region.
void BuildDefaultAccounts(World& world);

}  // namespace emulator::auth
