// The state of one call on its way through the attempts. For this room alone.
//
// Belongs to its gateway's loop.
#pragma once

#include <optional>

#include "codec/request_encoder.h"
#include "endpoints/endpoint_table.h"
#include "errors/verdict.h"
#include "gateway/call_report.h"
#include "ops/metrics.h"
#include "secrets/mask.h"
#include "signing/signer.h"

namespace firstmile::gateway {

struct Exchange {
  Exchange(const endpoints::Endpoint& e, const google::protobuf::Message& q, google::protobuf::Message* r,
           CallContext c)
      : endpoint(e), request(q), response(r), context(std::move(c)) {}

  const endpoints::Endpoint& endpoint;
  const google::protobuf::Message& request;
  google::protobuf::Message* response;
  CallContext context;
  codec::WireRequest wire;
  signing::Subject subject;

  CallReport report;

  // Of the latest attempt.
  ops::AttemptOutcome outcome = ops::AttemptOutcome::kAnswered;
  bool known = true;       // the error's meaning
  bool enveloped = false;  // the platform itself answered, not something on the way
  bool misplaced = false;  // the answer is another request's
  errors::Recovery recovery = errors::Recovery::kNone;
  std::optional<absl::Duration> retry_after;
  std::optional<absl::Duration> asked_pause;  // by the answer's Retry-After
  absl::Time sent_at;
  absl::Time signed_for;
  std::string date;
  secrets::Mask mask;  // what a platform, or a proxy on the way, may repeat in its answer

  bool token_replaced = false;
  bool clock_corrected = false;
  int rate_limited = 0;  // attempts

  bool repeatable() const { return endpoint.effect != firstmile::v1::EFFECT_WRITE; }

  // Ends the call with an error of the sidecar's own.
  void Fail(errors::Code code, absl::string_view reason, absl::string_view message);
  // Ends a write that may have happened.
  void FailInDoubt(Doubt doubt, absl::string_view detail);
};

}  // namespace firstmile::gateway
