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
                              "HTTP requests to Shopee per unary call that made any.")),
      calls_shed(Counter(registry, "firstmile_calls_shed_total",
                         "Calls that the sidecar refused without sending them, by reason.")),
      connections(Gauge(registry, "firstmile_connections", "Open connections of callers.")),
      connections_refused(
          Counter(registry, "firstmile_connections_refused_total",
                  "New connections that were closed at once, by the limit that was reached.")),
      connections_closed(Counter(registry, "firstmile_connections_closed_total",
                                 "Connections of callers that the sidecar closed, by cause: a flood, idle "
                                 "when a new one came, or short memory.")),
      upstream_attempts(Counter(registry, "firstmile_upstream_attempts_total",
                                "HTTP requests to Shopee, by how they ended.")),
      upstream_duration(Histogram(registry, "firstmile_upstream_attempt_duration_seconds",
                                  "Time of one HTTP request to Shopee, wait for a connection included.")),
      retries_denied(Counter(registry, "firstmile_retries_denied_total",
                             "Attempts that were not made because the shop's retry budget was spent.")),
      read_backs(Counter(registry, "firstmile_read_backs_total",
                         "Read-backs of writes with an unknown outcome, by what they found.")),
      rate_limited(Counter(registry, "firstmile_rate_limited_attempts_total",
                           "Attempts that Shopee refused for its rate limit.")),
      misplaced_answers(Counter(registry, "firstmile_misplaced_answers_total",
                                "Responses of Shopee that belong to no request, or name another "
                                "subject than their call, by what showed it.")),
      queue_calls(
          Gauge(registry, "firstmile_queued_calls", "Calls that wait for a rate limit or a connection.")),
      queue_wait(Histogram(registry, "firstmile_queue_wait_seconds",
                           "Time that an attempt waited in the queue, 0 included.")),
      throttled_shop_operations(
          Gauge(registry, "firstmile_throttled_shop_operations",
                "(shop, operation) pairs whose rate is lowered since Shopee refused a call for its rate.")),
      quota_exhausted_operations(Gauge(
          registry, "firstmile_daily_quota_exhausted_operations",
          "Operations that are suspended until their daily quota is renewed, summed over event loops.")),
      breakers(Gauge(registry, "firstmile_breakers", "Circuit breakers, one per event loop, by state.")),
      breaker_opened(
          Counter(registry, "firstmile_breaker_opened_total", "Times that a circuit breaker opened.")),
      clock_correction(Gauge(registry, "firstmile_clock_correction_seconds",
                             "What is added to this machine's clock to get Shopee's time.")),
      clock_corrections(Counter(registry, "firstmile_clock_corrections_total",
                                "Times that the correction of the clock changed.")),
      unknown_fields(Counter(registry, "firstmile_unknown_fields_total",
                             "Members of Shopee's responses that the contract does not have, or whose value "
                             "their field cannot hold.")),
      unknown_enum_values(Counter(registry, "firstmile_unknown_enum_values_total",
                                  "Values in Shopee's responses that the contract's enums do not have.")),
      unknown_codes(Counter(registry, "firstmile_unknown_codes_total",
                            "Errors from Shopee whose code the sidecar does not know.")),
      token_events(Counter(registry, "firstmile_token_events_total",
                           "Events of stored tokens, by event; each one is also a log line token_EVENT.")),
      build_info(Gauge(registry, "firstmile_build_info", "1, with the version of the sidecar as a label.")) {}

}  // namespace firstmile::ops
