// What the system reports of this process, under the names that every Prometheus client gives it, and what
// its log has dropped.
//
// Thread-safe; each call reads /proc anew. What the system does not report is left out.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace firstmile::ops {

std::vector<prometheus::MetricFamily> ProcessMetrics();

}  // namespace firstmile::ops
