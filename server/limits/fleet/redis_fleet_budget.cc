#include "limits/fleet/redis_fleet_budget.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "limits/fleet/fleet_scripts.h"

namespace firstmile::limits {
namespace {

// Between two questions for a permit that is not there yet.
constexpr absl::Duration kAskAgainMin = absl::Milliseconds(10);

redis::Options WithLimits(redis::Options redis, const FleetOptions& options) {
  redis.connect_timeout = options.time_limit;
  redis.command_timeout = options.time_limit;
  return redis;
}

absl::Status Unknown(const std::string& address) {
  return absl::DataLossError(
      absl::StrCat("redis at ", address, " answers something else than a shared limit"));
}

std::string Microseconds(absl::Duration time) {
  return absl::StrCat(std::max<std::int64_t>(absl::ToInt64Microseconds(time), 0));
}

bool IsInteger(const redisReply& reply) {
  return reply.type == REDIS_REPLY_INTEGER;
}

// The four elements from `at` on.
bool ReadState(const redisReply& array, std::size_t at, FleetState* state) {
  const redisReply& version = *array.element[at];
  const redisReply& ceiling = *array.element[at + 1];
  const redisReply& approach = *array.element[at + 2];
  const redisReply& age = *array.element[at + 3];
  if (!IsInteger(version) || version.integer < 0 || ceiling.type != REDIS_REPLY_STRING ||
      !absl::SimpleAtod(redis::TextOf(ceiling), &state->ceiling) || !IsInteger(approach) || !IsInteger(age)) {
    return false;
  }
  state->version = static_cast<std::uint64_t>(version.integer);
  state->approach = absl::Microseconds(approach.integer);
  state->age = absl::Microseconds(std::max<long long>(age.integer, 0));
  return state->version == 0 || (state->ceiling > 0 && state->approach > absl::ZeroDuration());
}

}  // namespace

RedisFleetBudget::RedisFleetBudget(const FleetOptions& options, const redis::Options& redis,
                                   OnChange on_change)
    : options_(options),
      forget_after_ms_(absl::StrCat(absl::ToInt64Milliseconds(options.forget_after))),
      client_(WithLimits(redis, options)),
      on_change_(std::move(on_change)) {}

async::Task<absl::StatusOr<FleetGrant>> RedisFleetBudget::Take(transport::EventLoop& home, FleetKey key,
                                                               double rate, int wanted) {
  if (down()) co_return absl::UnavailableError("redis did not answer a moment ago");
  co_return co_await thread_.Run(
      home, [this, key = std::move(key), rate, wanted] { return TakeNow(key, rate, wanted); });
}

async::Task<absl::StatusOr<FleetState>> RedisFleetBudget::TellBackOff(transport::EventLoop& home,
                                                                      FleetKey key, FleetState told,
                                                                      absl::Duration rest) {
  if (down()) co_return absl::UnavailableError("redis did not answer a moment ago");
  co_return co_await thread_.Run(
      home, [this, key = std::move(key), told, rest] { return TellNow(key, told, rest); });
}

absl::StatusOr<FleetGrant> RedisFleetBudget::TakeNow(const FleetKey& key, double rate, int wanted) {
  const absl::Duration one_call = absl::Seconds(1.5 / rate);
  const std::string ahead = Microseconds(std::clamp(one_call, options_.ahead, options_.ahead_max));
  const std::string name = NameOf(key);
  const std::string rate_text = absl::StrCat(rate);
  const std::string most = absl::StrCat(wanted);
  const absl::StatusOr<redis::Reply> reply =
      Ask(TakeScript(), {"1", name, rate_text, ahead, most, forget_after_ms_});
  if (!reply.ok()) return reply.status();
  const redisReply& array = **reply;
  FleetGrant grant;
  if (array.type != REDIS_REPLY_ARRAY || array.elements != 7 || !IsInteger(*array.element[0]) ||
      !IsInteger(*array.element[1]) || !IsInteger(*array.element[2]) || !ReadState(array, 3, &grant.state)) {
    return Unknown(client_.address());
  }
  grant.permits = static_cast<int>(std::clamp<long long>(array.element[0]->integer, 0, wanted));
  grant.first_in = std::min(absl::Microseconds(array.element[1]->integer), options_.ahead_max);
  // A pause that was told to all may be longer than permits are given out ahead.
  grant.ask_again_in = std::max(absl::Microseconds(array.element[2]->integer), kAskAgainMin);
  return grant;
}

absl::StatusOr<FleetState> RedisFleetBudget::TellNow(const FleetKey& key, const FleetState& told,
                                                     absl::Duration rest) {
  const std::string name = NameOf(key);
  const std::string version = absl::StrCat(told.version);
  const std::string ceiling = absl::StrCat(told.ceiling);
  const std::string approach = Microseconds(told.approach);
  const std::string rest_text = Microseconds(rest);
  const absl::StatusOr<redis::Reply> reply =
      Ask(TellScript(), {"1", name, version, ceiling, approach, rest_text, forget_after_ms_});
  if (!reply.ok()) return reply.status();
  const redisReply& array = **reply;
  FleetState state;
  if (array.type != REDIS_REPLY_ARRAY || array.elements != 4 || !ReadState(array, 0, &state)) {
    return Unknown(client_.address());
  }
  return state;
}

// What waited for the thread while Redis stopped to answer is not asked any more.
absl::StatusOr<redis::Reply> RedisFleetBudget::Ask(const redis::Script& script, const Arguments& arguments) {
  if (down()) return absl::UnavailableError("redis did not answer a moment ago");
  absl::StatusOr<redis::Reply> reply = client_.Ask(redis::Client::Effect::kWrite, &script, arguments);
  Note(reply.status());
  return reply;
}

void RedisFleetBudget::Note(const absl::Status& status) {
  if (!status.ok()) down_until_us_ = absl::ToUnixMicros(absl::Now() + options_.alone);
  if (status.ok() == answers_) return;
  answers_ = status.ok();
  if (on_change_) on_change_(status);
}

// A wall clock that jumps back does not keep it down for longer.
bool RedisFleetBudget::down() const {
  const absl::Time until = absl::FromUnixMicros(down_until_us_.load(std::memory_order_relaxed));
  const absl::Time now = absl::Now();
  return now < until && until - now <= options_.alone;
}

std::string RedisFleetBudget::NameOf(const FleetKey& key) const {
  return absl::StrCat(client_.options().key_prefix, "limit:", key.shop_id, ":", key.operation);
}

}  // namespace firstmile::limits
