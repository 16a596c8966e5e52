#include "ops/metrics.h"

#include <prometheus/text_serializer.h>

#include <deque>
#include <iterator>
#include <mutex>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "ops/metric_families.h"
#include "ops/operation_metrics.h"
#include "ops/process_metrics.h"

namespace firstmile::ops {
namespace {

constexpr absl::string_view kShedReasons[] = {"SIDECAR_OVERLOADED",    "RATE_LIMITED",
                                              "CONCURRENCY_LIMITED",   "DAILY_QUOTA",
                                              "UPSTREAM_CIRCUIT_OPEN", Metrics::kOther};

// As the acceptor names them.
constexpr const char* kConnectionRefusals[] = {"connections", "peer_connections", "descriptors"};
constexpr const char* kConnectionClosings[] = {"idle", "flood", "memory"};

constexpr BreakerState kBreakerStates[] = {BreakerState::kClosed, BreakerState::kHalfOpen,
                                           BreakerState::kOpen};

const char* NameOf(BreakerState state) {
  switch (state) {
    case BreakerState::kClosed:
      return "closed";
    case BreakerState::kHalfOpen:
      return "half_open";
    case BreakerState::kOpen:
      return "open";
  }
  return "closed";
}

}  // namespace

class Metrics::Cells {
 public:
  explicit Cells(std::vector<std::string> operations) {
    for (std::string& operation : operations) {
      operations_.try_emplace(operation, std::make_unique<OperationMetrics>(families, operation));
    }
    for (const absl::string_view reason : kShedReasons) {
      shed_.emplace(reason, &families.calls_shed.Add({{"reason", std::string(reason)}}));
    }
    for (const char* cause : kConnectionRefusals) families.connections_refused.Add({{"cause", cause}});
    for (const char* cause : kConnectionClosings) families.connections_closed.Add({{"cause", cause}});
    families.build_info.Add({{"version", FIRSTMILE_VERSION}}).Set(1);
  }

  OperationMetrics& Of(absl::string_view operation) {
    const auto known = operations_.find(operation);
    return known != operations_.end() ? *known->second : other_;
  }
  prometheus::Counter& Shed(absl::string_view reason) {
    const auto known = shed_.find(reason);
    return known != shed_.end() ? *known->second : *shed_.at(kOther);
  }
  LoopGauges& AddLoop() {
    const std::lock_guard lock(mutex_);
    return loops_.emplace_back();
  }
  void SumLoops();

  MetricFamilies families;
  prometheus::Gauge& calls_in_flight = families.calls_in_flight.Add({});
  prometheus::Gauge& connections = families.connections.Add({});
  prometheus::Counter& retries_denied = families.retries_denied.Add({});
  prometheus::Counter& breaker_opened = families.breaker_opened.Add({});
  prometheus::Counter& surplus_answers = families.misplaced_answers.Add({{"shown_by", "connection"}});
  prometheus::Counter& foreign_answers = families.misplaced_answers.Add({{"shown_by", "subject"}});
  prometheus::Gauge& clock_correction = families.clock_correction.Add({});
  prometheus::Counter& clock_corrections = families.clock_corrections.Add({});

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<OperationMetrics>> operations_;  // fixed once built
  OperationMetrics other_{families, std::string(kOther)};
  absl::flat_hash_map<absl::string_view, prometheus::Counter*> shed_;  // fixed once built

  std::mutex mutex_;              // guards loops_
  std::deque<LoopGauges> loops_;  // a deque keeps its elements where they are
};

void Metrics::Cells::SumLoops() {
  const std::lock_guard lock(mutex_);
  LoopState sum;
  absl::flat_hash_map<BreakerState, int> breakers;
  for (const LoopGauges& loop : loops_) {
    const LoopState state = loop.Get();
    sum.queued += state.queued;
    sum.throttled += state.throttled;
    sum.parked_operations += state.parked_operations;
    ++breakers[state.breaker];
  }
  families.queue_calls.Add({}).Set(static_cast<double>(sum.queued));
  families.throttled_shop_operations.Add({}).Set(static_cast<double>(sum.throttled));
  families.quota_exhausted_operations.Add({}).Set(static_cast<double>(sum.parked_operations));
  for (const BreakerState state : kBreakerStates) {
    families.breakers.Add({{"state", NameOf(state)}}).Set(breakers[state]);
  }
}

Metrics::CallInFlight::CallInFlight(Metrics& metrics) : metrics_(metrics) {
  metrics_.cells_->calls_in_flight.Increment();
}

Metrics::CallInFlight::~CallInFlight() {
  metrics_.cells_->calls_in_flight.Decrement();
}

Metrics::Metrics(std::vector<std::string> operations)
    : cells_(std::make_unique<Cells>(std::move(operations))) {}

Metrics::~Metrics() = default;

void Metrics::CountCall(const CallSample& call) {
  OperationMetrics& cells = cells_->Of(call.operation);
  cells.Calls(call.code, call.reason).Increment();
  cells.CallDuration().Observe(absl::ToDoubleSeconds(call.duration));
  if (call.attempts > 0) cells.CallAttempts().Observe(call.attempts);
  if (call.unknown_fields > 0) cells.UnknownFields().Increment(call.unknown_fields);
  if (call.unknown_enum_values > 0) cells.UnknownEnumValues().Increment(call.unknown_enum_values);
}

void Metrics::CountAttempt(absl::string_view operation, AttemptOutcome outcome, absl::Duration duration) {
  OperationMetrics& cells = cells_->Of(operation);
  cells.UpstreamAttempts(outcome).Increment();
  cells.UpstreamDuration().Observe(absl::ToDoubleSeconds(duration));
}

void Metrics::CountQueueWait(absl::string_view operation, absl::Duration waited) {
  cells_->Of(operation).QueueWait().Observe(absl::ToDoubleSeconds(waited));
}

void Metrics::CountRateLimited(absl::string_view operation) {
  cells_->Of(operation).RateLimited().Increment();
}

void Metrics::CountUnknownCode(absl::string_view operation) {
  cells_->Of(operation).UnknownCodes().Increment();
}

void Metrics::CountRetryDenied() {
  cells_->retries_denied.Increment();
}

void Metrics::CountReadBack(absl::string_view operation, ReadBackOutcome outcome) {
  cells_->Of(operation).ReadBacks(outcome).Increment();
}

void Metrics::CountShed(absl::string_view reason) {
  cells_->Shed(reason).Increment();
}

void Metrics::CountMisplacedAnswer(ShownBy shown_by) {
  (shown_by == ShownBy::kConnection ? cells_->surplus_answers : cells_->foreign_answers).Increment();
}

void Metrics::SetConnections(std::size_t open) {
  cells_->connections.Set(static_cast<double>(open));
}

void Metrics::CountConnectionRefused(absl::string_view cause) {
  cells_->families.connections_refused.Add({{"cause", std::string(cause)}}).Increment();
}

void Metrics::CountConnectionClosed(absl::string_view cause) {
  cells_->families.connections_closed.Add({{"cause", std::string(cause)}}).Increment();
}

void Metrics::CountBreakerOpened() {
  cells_->breaker_opened.Increment();
}

void Metrics::CountClockCorrection(absl::Duration correction) {
  cells_->clock_correction.Set(absl::ToDoubleSeconds(correction));
  cells_->clock_corrections.Increment();
}

void Metrics::CountTokenEvent(absl::string_view event) {
  cells_->families.token_events.Add({{"event", std::string(event)}}).Increment();
}

LoopGauges& Metrics::AddLoop() {
  return cells_->AddLoop();
}

std::string Metrics::Text() const {
  cells_->SumLoops();
  std::vector<prometheus::MetricFamily> families = cells_->families.registry.Collect();
  absl::c_move(ProcessMetrics(), std::back_inserter(families));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace firstmile::ops
