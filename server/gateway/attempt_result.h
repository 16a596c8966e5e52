// What the end of an attempt means for its call. Internal to this module.
//
// Values and functions for their gateway's loop.
#pragma once

#include <optional>
#include <string>

#include "errors/error_class.h"
#include "gateway/body_reader.h"
#include "gateway/call_report.h"
#include "gateway/outgoing_call.h"
#include "limits/upstream_limits.h"
#include "ops/metrics.h"
#include "transport/clock.h"
#include "transport/http_transport.h"

namespace firstmile::gateway {

struct AttemptResult {
  CallReport report;  // the call's, if this was its last attempt
  ops::AttemptOutcome outcome = ops::AttemptOutcome::kAnswered;
  limits::Outcome for_limits = limits::Outcome::kInconclusive;
  errors::RetryClass retry_class = errors::RetryClass::kNone;  // what to do before another attempt
  bool misplaced = false;                                      // the answer belongs to another request
  bool unknown_code = false;                                   // Shopee's error has no entry in the table
  std::optional<absl::Duration> retry_after;  // for the caller, including the end of a used-up quota
  std::optional<absl::Duration> asked_pause;  // from the answer's Retry-After
  std::string date;                           // the answer's

  // The pause for the limits.
  absl::Duration pause() const {
    return (for_limits == limits::Outcome::kQuotaSpent ? retry_after : asked_pause)
        .value_or(absl::ZeroDuration());
  }
};

// True when the answer is the file that the call asked for, in memory or in the call's sink.
bool IsFile(const OutgoingCall& call, const transport::HttpResponse& response);

// Classifies by the envelope before the HTTP status. `reading` is that of the result's body, if it is JSON.
// Moves a file into the call's response.
AttemptResult ClassifyError(const OutgoingCall& call, transport::HttpResult result, BodyReading reading,
                            const transport::Clock& clock);

// The error of a call that the sidecar itself ends.
google::rpc::Status LocalFailure(const OutgoingCall& call, errors::Code code, absl::string_view reason,
                                 absl::string_view message);

}  // namespace firstmile::gateway
