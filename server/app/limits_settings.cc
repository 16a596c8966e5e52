#include "app/limits_settings.h"

#include <algorithm>

#include "app/memory_parts.h"

namespace firstmile::app {
namespace {

constexpr std::int64_t kRateMax = 100'000;
constexpr std::int64_t kBytesPerMiB = 1 << 20;

limits::AdmissionOptions ResolveAdmission(ConfigValidator& check, std::int64_t max_memory_bytes) {
  limits::AdmissionOptions options;
  options.calls_max = check.Number("limits.max_calls", 2, 1'000'000, options.calls_max);
  options.calls_max_per_caller =
      check.Number("limits.max_calls_per_caller", 1, options.calls_max, options.calls_max / 2);
  options.bytes_max = MemoryForCalls(max_memory_bytes);
  return options;
}

}  // namespace

std::int64_t ResolveMemory(ConfigValidator& check) {
  return kBytesPerMiB * check.Number("limits.max_memory_mib", 64, 1 << 20, 1024);
}

limits::LimitsOptions ResolveLimits(ConfigValidator& check, std::int64_t max_memory_bytes) {
  limits::LimitsOptions options;
  limits::RateOptions& rate = options.limiter.rate;
  const std::int64_t max_rate = check.Number("limits.max_rate", 1, kRateMax, 10'000);
  const std::int64_t initial_rate =
      check.Number("limits.initial_rate", 1, max_rate, std::min<std::int64_t>(100, max_rate));
  rate.max_rate = static_cast<double>(max_rate);
  rate.initial_rate = static_cast<double>(initial_rate);
  options.limiter.in_flight_per_shop =
      static_cast<int>(check.Number("limits.max_in_flight_per_shop", 1, 10'000, 32));
  options.breaker.failures =
      static_cast<int>(check.Number("limits.breaker_failures", 1, 100'000, options.breaker.failures));
  options.admission = ResolveAdmission(check, max_memory_bytes);
  return options;
}

}  // namespace firstmile::app
