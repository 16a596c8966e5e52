// What the sidecar counts and measures, in Prometheus' text form.
//
// Thread-safe. No label grows without a bound: operations are those given at the start, codes are gRPC's, and
// reasons are counted apart only up to a limit. Shops are never labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ops/loop_gauges.h"

namespace firstmile::ops {

// A finished call of a caller.
struct CallSample {
  absl::string_view operation;  // "FirstMileService/GetDetail"
  int code = 0;                 // gRPC's
  absl::string_view reason;     // of ErrorInfo
  absl::Duration duration;
  int attempts = 0;  // 0: a call that made none, or whose attempts do not belong to one call of Shopee
  std::uint32_t unknown_fields = 0;
  std::uint32_t unknown_enum_values = 0;
};

// How one HTTP request to Shopee ended.
enum class AttemptOutcome {
  kAnswered,     // with success
  kRefused,      // with a documented error
  kRateLimited,  // error_rate_limit
  kDailyQuota,   // error_limit
  kUnavailable,  // with an error that may pass
  kUnreachable,  // no connection: nothing was sent
  kNoAnswer,     // the connection ended before a whole answer
  kTimedOut,
  kUnreadable,  // an answer that is no envelope
  kTooLarge,
  kStopped,     // the caller cancelled, or its deadline passed
  kOverloaded,  // the answer was dropped: answers take all the memory that they may already
  kLocalFault,  // this process could not make the request: nothing was sent
};
inline constexpr int kAttemptOutcomes = 13;

// What reading back a write with an unknown outcome found.
enum class ReadBackOutcome { kApplied, kNotApplied, kUnknown };
inline constexpr int kReadBackOutcomes = 3;

// What has shown that an answer belongs to no request, or to another one.
enum class ShownBy {
  kConnection,  // it came before a request was sent
  kSubject,     // which it names
};

class Metrics {
 public:
  // Pairs of code and reason that are counted apart, for each operation; the reasons of further ones count as
  // kOther.
  static constexpr std::size_t kOutcomesPerOperationMax = 64;
  static constexpr absl::string_view kOther = "OTHER";

  // Counts of other operations go to kOther.
  explicit Metrics(std::vector<std::string> operations = {});
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // A call between its arrival and its end. Ends before the metrics.
  class CallInFlight {
   public:
    explicit CallInFlight(Metrics& metrics);
    ~CallInFlight();
    CallInFlight(const CallInFlight&) = delete;
    CallInFlight& operator=(const CallInFlight&) = delete;

   private:
    Metrics& metrics_;
  };

  void CountCall(const CallSample& call);

  // One call to Shopee, attempt by attempt.
  void CountAttempt(absl::string_view operation, AttemptOutcome outcome, absl::Duration duration);
  void CountQueueWait(absl::string_view operation, absl::Duration waited);  // 0 too: it was its turn at once
  void CountRateLimited(absl::string_view operation);                       // by Shopee
  void CountUnknownCode(absl::string_view operation);  // an error code that the table does not know
  void CountRetryDenied();                             // the shop's budget is spent
  void CountReadBack(absl::string_view operation, ReadBackOutcome outcome);

  // A call that the sidecar refused without sending it. `reason` of ErrorInfo: SIDECAR_OVERLOADED,
  // RATE_LIMITED, CONCURRENCY_LIMITED, DAILY_QUOTA, UPSTREAM_CIRCUIT_OPEN; any other counts as kOther.
  void CountShed(absl::string_view reason);

  void CountMisplacedAnswer(ShownBy shown_by);

  // Connections of callers. Causes are one of a closed list each.
  void SetConnections(std::size_t open);
  void CountConnectionRefused(absl::string_view cause);
  void CountConnectionClosed(absl::string_view cause);  // by the sidecar, against the caller's will

  void CountBreakerOpened();

  // `correction`: what is now added to this machine's clock.
  void CountClockCorrection(absl::Duration correction);

  // firstmile_token_events_total, by what happened to the tokens of a shop or merchant. `event` is
  // one of a closed list.
  void CountTokenEvent(absl::string_view event);

  // For an event loop, until the end of the metrics. Pages show the sum over all.
  LoopGauges& AddLoop();

  // Everything, as GET /metrics shows it.
  std::string Text() const;

 private:
  class Cells;

  const std::unique_ptr<Cells> cells_;
};

}  // namespace firstmile::ops
