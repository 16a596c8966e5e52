// What RedisFleetBudget lets Redis do in one step.
//
// A limit is a hash: tat (when the next call is due at the rate, the state of the generic cell rate
// algorithm), version, ceiling, approach, since (of the last back-off). All times are microseconds, tat and
// since by the clock of Redis, so that the clocks of sidecars do not matter. Immutable; safe from any thread.
#pragma once

#include "redis/script.h"

namespace firstmile::limits {

// Key: the limit. Arguments: rate (calls per second), how far ahead, most permits, time to live in ms. Gives
// permits, when the first is due, when to ask again, version, ceiling, approach, age; the last four 0 where
// none is known.
const redis::Script& TakeScript();

// Key: the limit. Arguments: version that was known, ceiling, approach, rest, time to live in ms. Gives
// version, ceiling, approach, age.
const redis::Script& TellScript();

}  // namespace firstmile::limits
