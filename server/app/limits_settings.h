// How much the sidecar takes in, and how fast it calls: what the configuration says.
//
// Plain functions for the start of the process.
#pragma once

#include "app/config_validator.h"
#include "limits/limits_options.h"

namespace firstmile::app {

// limits.max_memory_mib in bytes.
std::int64_t ResolveMemory(ConfigValidator& check);

limits::LimitsOptions ResolveLimits(ConfigValidator& check, std::int64_t max_memory_bytes);

}  // namespace firstmile::app
