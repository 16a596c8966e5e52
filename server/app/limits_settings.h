// How much the sidecar takes in, and how fast it calls: what the configuration says.
//
// Plain functions for the start of the process.
#pragma once

#include "app/checker.h"
#include "limits/limits_options.h"

namespace firstmile::app {

limits::LimitsOptions ResolveLimits(Checker& check, const config::v1::Limits& limits);

}  // namespace firstmile::app
