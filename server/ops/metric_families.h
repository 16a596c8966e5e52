// Every metric of the sidecar: name, help, buckets. Internal to this module.
//
// Thread-safe.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "absl/strings/string_view.h"

namespace firstmile::ops {

using Counters = prometheus::Family<prometheus::Counter>;
using Gauges = prometheus::Family<prometheus::Gauge>;
using Histograms = prometheus::Family<prometheus::Histogram>;

// Upper bounds in seconds, from a call that needs no platform to one that waits for its deadline.
extern const prometheus::Histogram::BucketBoundaries kSecondsBuckets;
extern const prometheus::Histogram::BucketBoundaries kAttemptsBuckets;

struct MetricFamilies {
  MetricFamilies();

  prometheus::Registry registry;

  Counters& calls;
  Histograms& call_duration;
  Gauges& calls_in_flight;
  Histograms& call_attempts;
  Counters& calls_shed;

  Gauges& connections;
  Counters& connections_refused;
  Counters& connections_closed;

  Counters& upstream_attempts;
  Histograms& upstream_duration;
  Counters& retries_denied;
  Counters& read_backs;
  Counters& rate_limited;
  Counters& misplaced_answers;

  Gauges& queue_calls;
  Histograms& queue_wait;
  Gauges& throttled_shop_operations;
  Gauges& quota_exhausted_operations;
  Gauges& breakers;
  Counters& breaker_opened;

  Gauges& clock_correction;
  Counters& clock_corrections;

  Counters& unknown_fields;
  Counters& unknown_enum_values;
  Counters& unknown_codes;

  Counters& token_events;
  Gauges& build_info;
};

}  // namespace firstmile::ops
