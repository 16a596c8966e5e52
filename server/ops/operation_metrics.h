// The metrics of one operation, found without their labels. Internal to this module.
//
// Thread-safe. A metric appears on the page with its first use.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "ops/metric_families.h"
#include "ops/metrics.h"

namespace firstmile::ops {

template <typename Metric>
class Lazy {
 public:
  // Threads that come first together all add: a family has one metric for the same labels and answers it to
  // each.
  template <typename... Arguments>
  Metric& In(prometheus::Family<Metric>& family, Arguments&&... arguments) {
    Metric* metric = metric_.load(std::memory_order_acquire);
    if (metric == nullptr) {
      metric = &family.Add(std::forward<Arguments>(arguments)...);
      metric_.store(metric, std::memory_order_release);
    }
    return *metric;
  }

  // The same with labels that only the first use makes: they cost more than a count.
  template <typename MakeLabels>
  Metric& InWith(prometheus::Family<Metric>& family, const MakeLabels& make_labels) {
    Metric* metric = metric_.load(std::memory_order_acquire);
    return metric != nullptr ? *metric : In(family, make_labels());
  }

 private:
  std::atomic<Metric*> metric_ = nullptr;
};

class OperationMetrics {
 public:
  // `families` outlive the cells.
  OperationMetrics(MetricFamilies& families, std::string operation)
      : families_(families), labels_{{"operation", std::move(operation)}} {}

  // `reason` is "" for success.
  prometheus::Counter& Calls(int code, absl::string_view reason);
  prometheus::Histogram& CallDuration();
  prometheus::Histogram& CallAttempts();
  prometheus::Counter& UpstreamAttempts(AttemptOutcome outcome);
  prometheus::Histogram& UpstreamDuration();
  prometheus::Histogram& QueueWait();
  prometheus::Counter& ReadBacks(ReadBackOutcome outcome);
  prometheus::Counter& RateLimited();
  prometheus::Counter& UnknownFields();
  prometheus::Counter& UnknownEnumValues();
  prometheus::Counter& UnknownCodes();

 private:
  prometheus::Counter& Failures(int code, absl::string_view reason);
  prometheus::Labels With(const char* label, absl::string_view value) const;
  prometheus::Labels WithCode(int code, absl::string_view reason) const;

  MetricFamilies& families_;
  const prometheus::Labels labels_;

  Lazy<prometheus::Counter> successes_;
  Lazy<prometheus::Histogram> call_duration_;
  Lazy<prometheus::Histogram> call_attempts_;
  std::array<Lazy<prometheus::Counter>, kAttemptOutcomes> upstream_attempts_;
  Lazy<prometheus::Histogram> upstream_duration_;
  Lazy<prometheus::Histogram> queue_wait_;
  std::array<Lazy<prometheus::Counter>, kReadBackOutcomes> read_backs_;
  Lazy<prometheus::Counter> rate_limited_;
  Lazy<prometheus::Counter> unknown_fields_;
  Lazy<prometheus::Counter> unknown_enum_values_;
  Lazy<prometheus::Counter> unknown_codes_;

  std::mutex mutex_;  // guards failures_; not absl::Mutex, whose library hides its locks from ThreadSanitizer
  absl::flat_hash_map<std::pair<int, std::string>, prometheus::Counter*> failures_;
};

}  // namespace firstmile::ops
