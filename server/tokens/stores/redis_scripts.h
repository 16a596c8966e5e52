// What RedisStore lets Redis do in one step: a record and its place in the index change together or not at
// all.
//
// A record is a hash with the fields version (decimal) and bytes. The index is a sorted set of all keys with
// the score 0, which Redis keeps in the order of their bytes. Immutable; safe from any thread.
#pragma once

#include "redis/script.h"

namespace firstmile::tokens {

// Keys: record, index. Arguments: expected version, new version, bytes, key. Gives 1 when it is done and 0
// when the record stands at another version.
const redis::Script& WriteScript();

// Keys: record, index. Arguments: expected version, key. Gives 1 or 0 as above.
const redis::Script& EraseScript();

// Keys: index. Arguments: what precedes a key in its record's name, where to start (as ZRANGEBYLEX has it),
// most records. Gives key, version and bytes of each.
const redis::Script& ListScript();

}  // namespace firstmile::tokens
