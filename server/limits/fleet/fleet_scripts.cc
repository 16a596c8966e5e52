#include "limits/fleet/fleet_scripts.h"

namespace firstmile::limits {
namespace {

constexpr char kTake[] = R"(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local known = redis.call('HMGET', KEYS[1], 'tat', 'version', 'ceiling', 'approach', 'since')
local tat = math.max(tonumber(known[1]) or 0, now)
local step, ahead = 1000000 / tonumber(ARGV[1]), tonumber(ARGV[2])
local permits, again = 0, 0
if tat - now < ahead then
  permits = math.min(tonumber(ARGV[3]), math.floor((ahead - (tat - now)) / step) + 1)
  redis.call('HSET', KEYS[1], 'tat', string.format('%.0f', tat + permits * step))
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
else
  again = tat - now - ahead
end
local age = known[5] and now - tonumber(known[5]) or 0
return {permits, tat - now, again, tonumber(known[2]) or 0, known[3] or '0', tonumber(known[4]) or 0, age}
)";

constexpr char kTell[] = R"(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local known = redis.call('HMGET', KEYS[1], 'tat', 'version', 'ceiling', 'approach', 'since')
if known[2] and known[2] ~= ARGV[1] then
  return {tonumber(known[2]), known[3], tonumber(known[4]), now - tonumber(known[5])}
end
local version = tonumber(ARGV[1]) + 1
local tat = math.max(tonumber(known[1]) or 0, now + tonumber(ARGV[4]))
redis.call('HSET', KEYS[1], 'tat', string.format('%.0f', tat), 'version', string.format('%.0f', version),
           'ceiling', ARGV[2], 'approach', ARGV[3], 'since', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {version, ARGV[2], tonumber(ARGV[3]), 0}
)";

}  // namespace

const redis::Script& TakeScript() {
  static const redis::Script script(kTake);
  return script;
}

const redis::Script& TellScript() {
  static const redis::Script script(kTell);
  return script;
}

}  // namespace firstmile::limits
