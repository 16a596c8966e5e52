#include "tokens/stores/redis_scripts.h"

namespace firstmile::tokens {
namespace {

// Versions are compared as strings: Lua's numbers lack the precision.
constexpr char kWrite[] = R"(
local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'bytes', ARGV[3])
redis.call('ZADD', KEYS[2], 0, ARGV[4])
return 1
)";

constexpr char kErase[] = R"(
local version = redis.call('HGET', KEYS[1], 'version')
if version ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1
)";

// Skips keys without a record: Redis can evict a record but keep its index entry.
constexpr char kList[] = R"(
local listed, from, most = {}, ARGV[2], tonumber(ARGV[3])
local keys
repeat
  keys = redis.call('ZRANGEBYLEX', KEYS[1], from, '+', 'LIMIT', 0, most)
  for _, key in ipairs(keys) do
    local record = redis.call('HMGET', ARGV[1] .. key, 'version', 'bytes')
    if record[1] and #listed < 3 * most then
      listed[#listed + 1] = key
      listed[#listed + 1] = record[1]
      listed[#listed + 1] = record[2]
    end
    from = '(' .. key
  end
until #keys < most or #listed == 3 * most
return listed
)";

}  // namespace

const redis::Script& WriteScript() {
  static const redis::Script script(kWrite);
  return script;
}

const redis::Script& EraseScript() {
  static const redis::Script script(kErase);
  return script;
}

const redis::Script& ListScript() {
  static const redis::Script script(kList);
  return script;
}

}  // namespace firstmile::tokens
