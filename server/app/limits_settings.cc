#include "app/limits_settings.h"

#include <algorithm>

namespace firstmile::app {
namespace {

constexpr std::int64_t kRateMax = 100'000;
constexpr std::int64_t kBytesPerMiB = 1 << 20;
// An eighth of the bound is left to calls that are on their way to be refused.
constexpr std::int64_t kMemoryForRefusals = 8;

limits::AdmissionOptions ResolveAdmission(Checker& check, const config::v1::Limits& limits) {
  limits::AdmissionOptions options;
  options.calls_max = check.Number("limits.max_calls", limits.max_calls(), options.calls_max, 2, 1'000'000);
  options.calls_max_per_caller = check.Number("limits.max_calls_per_caller", limits.max_calls_per_caller(),
                                              options.calls_max / 2, 1, options.calls_max);
  const std::int64_t memory =
      kBytesPerMiB * check.Number("limits.memory_max_mb", limits.memory_max_mb(), 1024, 64, 1 << 20);
  options.memory_max_bytes = memory - memory / kMemoryForRefusals;
  return options;
}

}  // namespace

limits::LimitsOptions ResolveLimits(Checker& check, const config::v1::Limits& limits) {
  limits::LimitsOptions options;
  limits::RateOptions& rate = options.limiter.rate;
  rate.max_rate =
      static_cast<double>(check.Number("limits.max_rate", limits.max_rate(), 10'000, 1, kRateMax));
  rate.initial_rate = static_cast<double>(check.Number(
      "limits.initial_rate", limits.initial_rate(),
      std::min<std::int64_t>(100, limits.max_rate() == 0 ? 100 : limits.max_rate()), 1, kRateMax));
  if (rate.initial_rate > rate.max_rate) {
    check.Fail("limits.max_rate", "must not be less than limits.initial_rate");
  }
  // Who knows a rate knows how much may be under way: as much as it gives in the same time as the default.
  rate.unproven_in_flight *= std::max(1.0, rate.initial_rate / limits::RateOptions().initial_rate);
  options.limiter.in_flight_per_shop = static_cast<int>(
      check.Number("limits.max_in_flight_per_shop", limits.max_in_flight_per_shop(), 32, 1, 10'000));
  options.breaker.failures = static_cast<int>(check.Number(
      "limits.breaker_failures", limits.breaker_failures(), options.breaker.failures, 1, 100'000));
  options.admission = ResolveAdmission(check, limits);
  return options;
}

}  // namespace firstmile::app
