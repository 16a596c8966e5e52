// RedisStore's Lua scripts. Each changes a record and its index entry atomically.
//
// A record is a hash with the fields version (decimal) and bytes. The index is a sorted set of all keys with
// the score 0, which Redis orders bytewise. Immutable; safe from any thread.
#pragma once

#include "redis/script.h"

namespace firstmile::tokens {

// Keys: record, index. Arguments: expected version, new version, bytes, key. Returns 1 when written, 0 when
// the record has another version.
const redis::Script& WriteScript();

// Keys: record, index. Arguments: expected version, key. Returns 1 or 0 as above.
const redis::Script& EraseScript();

// Keys: index. Arguments: the prefix of record names, where to start (in ZRANGEBYLEX syntax), most records.
// Returns key, version and bytes of each.
const redis::Script& ListScript();

}  // namespace firstmile::tokens
