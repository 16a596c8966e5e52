#include "ops/metric_families.h"

namespace firstmile::ops {
namespace {

Counters& Counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Gauges& Gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

Histograms& Histogram(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

}  // namespace

const prometheus::Histogram::BucketBoundaries kSecondsBuckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                                 0.25,  0.5,    1,     2.5,  5,     10,   30};
const prometheus::Histogram::BucketBoundaries kAttemptsBuckets = {1, 2, 3, 5, 10};

MetricFamilies::MetricFamilies()
    : calls(Counter(registry, "firstmile_calls_total",
                    "Finished calls of callers, by gRPC code and reason of ErrorInfo; OK has no reason.")),
      call_duration(Histogram(registry, "firstmile_call_duration_seconds",
                              "Time from a call's arrival to its end, waits and all attempts included.")),
      calls_in_flight(Gauge(registry, "firstmile_calls_in_flight",
                            "Calls of callers that have not ended, streams and watchers included.")),
      call_attempts(Histogram(registry, "firstmile_call_attempts",
                              "HTTP requests to the platform per unary call that made any.")),
      calls_shed(Counter(registry, "firstmile_calls_shed_total",
                         "Calls that the sidecar refused without sending them, by reason.")),
      connections(Gauge(registry, "firstmile_connections", "Open connections of callers.")),
      connections_refused(Counter(registry, "firstmile_connections_refused_total",
                                  "New connections that were closed at once, by cause.")),
      connections_closed(Counter(registry, "firstmile_connections_closed_total",
                                 "Connections of callers that the sidecar closed because they flooded it or "
                                 "their place or memory was needed, by cause.")),
      upstream_attempts(Counter(registry, "firstmile_upstream_attempts_total",
                                "HTTP requests to the platform, by how they ended.")),
      upstream_duration(
          Histogram(registry, "firstmile_upstream_duration_seconds",
                    "Time of one HTTP request to the platform, wait for a connection included.")),
      retries_denied(Counter(registry, "firstmile_retries_denied_total",
                             "Attempts that were not made because the shop's retry budget was spent.")),
      read_backs(Counter(registry, "firstmile_read_backs_total",
                         "Looks at the platform's state for what a write in doubt did, by what they told.")),
      rate_limited(Counter(registry, "firstmile_rate_limited_total",
                           "Attempts that the platform refused for its rate limit.")),
      misplaced_answers(Counter(registry, "firstmile_misplaced_answers_total",
                                "Answers of the platform that nobody had asked for, or that name another "
                                "subject than their call, by what has shown it.")),
      queue_calls(Gauge(registry, "firstmile_queue_calls", "Calls that wait for their turn.")),
      queue_wait(Histogram(registry, "firstmile_queue_wait_seconds",
                           "Time that an attempt waited for its turn, 0 included.")),
      limiter_throttled(
          Gauge(registry, "firstmile_limiter_throttled",
                "Shops with an operation whose rate is lowered after the platform refused it.")),
      limiter_parked_operations(
          Gauge(registry, "firstmile_limiter_parked_operations",
                "Operations that wait for a new daily quota, summed over event loops.")),
      breakers(Gauge(registry, "firstmile_breakers",
                     "Circuit breakers, one for each event loop, by their state.")),
      breaker_opened(
          Counter(registry, "firstmile_breaker_opened_total", "Times that a circuit breaker opened.")),
      fleet_outages(Counter(registry, "firstmile_fleet_outages_total",
                            "Times that limits ceased to be shared because their Redis failed.")),
      clock_correction(Gauge(registry, "firstmile_clock_correction_seconds",
                             "What is added to this machine's clock to have the platform's.")),
      clock_corrections(Counter(registry, "firstmile_clock_corrections_total",
                                "Times that the correction of the clock changed.")),
      unknown_fields(Counter(registry, "firstmile_unknown_fields_total",
                             "Fields in the platform's answers that the contract does not have.")),
      unknown_enum_values(Counter(registry, "firstmile_unknown_enum_values_total",
                                  "Values in the platform's answers that the contract's enums do not have.")),
      unknown_codes(Counter(registry, "firstmile_unknown_codes_total",
                            "Errors of the platform whose code the sidecar does not know.")),
      token_transitions(
          Counter(registry, "firstmile_token_transitions_total",
                  "What happened to tokens in custody, by transition; a shop or merchant counts each time.")),
      build_info(Gauge(registry, "firstmile_build_info", "1, with the version of the sidecar as a label.")) {}

}  // namespace firstmile::ops
