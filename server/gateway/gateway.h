// One logical call to Shopee: token, permit, signature, request, classification, retry.
//
// Not thread-safe: a gateway belongs to one event loop, like the shops that it serves. Use it only on that
// loop.
#pragma once

#include <optional>
#include <string>

#include "absl/random/random.h"
#include "async/task.h"
#include "endpoints/endpoint_table.h"
#include "gateway/attempt_result.h"
#include "gateway/body_reader.h"
#include "gateway/call_report.h"
#include "gateway/outgoing_call.h"
#include "limits/upstream_limits.h"
#include "ops/metrics.h"
#include "secrets/mask.h"
#include "signing/signer.h"
#include "tokens/access_tokens.h"
#include "transport/event_loop.h"
#include "transport/http_transport.h"

namespace firstmile::gateway {

struct GatewayOptions {
  std::string base_url;  // scheme, host and port, without a trailing slash

  // Most attempts of one call, including the first. Rate-limited attempts are counted separately.
  int attempts_max = 3;

  // The delay before the second attempt is drawn from 0 to this; the bound doubles for each further one.
  absl::Duration backoff_initial = absl::Milliseconds(100);
  absl::Duration backoff_max = absl::Seconds(1);

  // Most bytes of a JSON answer; files have the transport's limit.
  std::size_t json_bytes_max = codec::kJsonBytesMax;

  // Longest time of one attempt, even if its endpoint allows more.
  absl::Duration attempt_timeout_max = absl::InfiniteDuration();
};

// A gateway's dependencies. All outlive the gateway; those that are not thread-safe belong to its loop.
struct GatewayParts {
  transport::EventLoop& loop;
  transport::HttpTransport& transport;
  tokens::AccessTokens& tokens;
  const signing::Signer& signer;
  limits::UpstreamLimits& limits;
  ops::Metrics& metrics;
  transport::BlockingThreads& answer_threads;  // to decode large answers
};

class Gateway {
 public:
  Gateway(GatewayOptions options, GatewayParts parts)
      : options_(std::move(options)),
        parts_(parts),
        bodies_(parts.loop, parts.answer_threads, options_.json_bytes_max) {
    mask_.Add(parts_.signer.partner_key());
  }

  // `request` and `response` outlive the task. A write is repeated only if the first attempt had no effect.
  // One that may have had an effect ends with an unknown outcome.
  async::Task<CallReport> Call(const endpoints::Endpoint& endpoint, const google::protobuf::Message& request,
                               google::protobuf::Message* response, CallContext context);

 private:
  async::Task<CallReport> MakeAttempts(OutgoingCall& call);

  // Why an attempt cannot be made. The status is empty when the answer to an earlier attempt says more.
  struct Obstacle {
    std::optional<google::rpc::Status> status;
    bool shed = false;
  };

  async::Task<std::optional<Obstacle>> MakeReady(OutgoingCall& call, limits::UpstreamLimits::Permit* permit);
  async::Task<std::optional<Obstacle>> FindToken(OutgoingCall& call);
  async::Task<AttemptResult> Send(OutgoingCall& call, limits::UpstreamLimits::Permit& permit);
  void CountAttempt(const OutgoingCall& call, ops::AttemptOutcome outcome,
                    const limits::UpstreamLimits::Permit& permit);
  void Account(const OutgoingCall& call, const AttemptResult& attempt_result,
               limits::UpstreamLimits::Permit& permit);
  transport::HttpRequest Sign(OutgoingCall& call);
  void OfferSink(OutgoingCall& call, limits::UpstreamLimits::Permit& permit, transport::HttpRequest* request);

  // Does what is needed before another attempt; returns true when there is to be one. May change the report.
  async::Task<bool> Recover(OutgoingCall& call, const AttemptResult& attempt_result, CallReport* report);
  async::Task<bool> ReplaceToken(OutgoingCall& call, CallReport* report);
  async::Task<bool> BackOff(OutgoingCall& call, absl::Duration asked_pause, CallReport* report);
  bool CorrectClock(OutgoingCall& call, const std::string& date);

  Obstacle Refuse(const OutgoingCall& call, const limits::Refusal& refusal);
  google::rpc::Status RefuseForToken(const OutgoingCall& call, const tokens::TokenRefusal& refusal) const;
  google::rpc::Status StoppedWaiting(const OutgoingCall& call, absl::string_view waited_for) const;
  absl::Duration BackoffBound(int attempts) const;

  const GatewayOptions options_;
  const GatewayParts parts_;
  BodyReader bodies_;
  secrets::Mask mask_;  // the secrets known to every call
  absl::BitGen random_;
};

}  // namespace firstmile::gateway
