// One logical call to the platform: token, turn, sign, send, judge, try again.
//
// A gateway belongs to one event loop, like the shops that it calls for: use it on that loop's thread.
#pragma once

#include <string>

#include "absl/random/random.h"
#include "async/task.h"
#include "endpoints/endpoint_table.h"
#include "gateway/answer_judge.h"
#include "gateway/call_report.h"
#include "limits/loop_limits.h"
#include "ops/metrics.h"
#include "secrets/mask.h"
#include "signing/signer.h"
#include "tokens/access_tokens.h"
#include "transport/event_loop.h"
#include "transport/http_transport.h"

namespace firstmile::gateway {

struct GatewayOptions {
  std::string base_url;  // scheme, host and port, without a slash at the end

  // Of one call, the first included. Attempts that the platform refuses for its rate are counted apart.
  int attempts_max = 3;

  // The wait before the second attempt is drawn from 0 to this; the bound doubles for each further one.
  absl::Duration backoff_initial = absl::Milliseconds(100);
  absl::Duration backoff_max = absl::Seconds(1);

  // Most bytes of an answer that is JSON; files have the transport's limit.
  std::size_t json_bytes_max = codec::kJsonBytesMax;

  // Of one attempt, even when its endpoint grants more.
  absl::Duration attempt_timeout_max = absl::InfiniteDuration();
};

// What a gateway works with. All of it outlives the gateway; what is not thread-safe is of its loop.
struct GatewayParts {
  transport::EventLoop& loop;
  transport::HttpTransport& transport;
  tokens::AccessTokens& tokens;
  const signing::Signer& signer;
  limits::LoopLimits& limits;
  ops::Metrics& metrics;
  transport::BlockingThreads& answer_threads;  // read large answers
};

class Gateway {
 public:
  Gateway(GatewayOptions options, GatewayParts parts)
      : options_(std::move(options)),
        parts_(parts),
        bodies_(parts.loop, parts.answer_threads, options_.json_bytes_max),
        judge_(parts.loop.clock()) {
    mask_.Add(parts_.signer.partner_key());
  }

  // `request` and `response` outlive the task. A write is sent again only when the platform said that it did
  // nothing; one that may have happened ends in doubt.
  async::Task<CallReport> Call(const endpoints::Endpoint& endpoint, const google::protobuf::Message& request,
                               google::protobuf::Message* response, CallContext context);

 private:
  async::Task<bool> Attempt(Exchange& exchange);
  bool HostIsShut(Exchange& exchange);
  async::Task<bool> FindToken(Exchange& exchange);
  async::Task<void> Send(Exchange& exchange);
  async::Task<bool> PrepareNextAttempt(Exchange& exchange);
  async::Task<bool> ReplaceToken(Exchange& exchange);
  async::Task<bool> BackOff(Exchange& exchange);
  bool CorrectClock(Exchange& exchange);
  transport::HttpRequest Sign(Exchange& exchange);
  void Account(const Exchange& exchange, transport::MonotonicTime sent_at, limits::Breaker::Attempt& host);
  void Tell(const Exchange& exchange, transport::MonotonicTime sent_at, limits::Breaker::Attempt& host);
  void Refuse(Exchange& exchange, const limits::Refusal& refusal);
  void RefuseForToken(Exchange& exchange, const tokens::TokenRefusal& refusal);
  void EndWaiting(Exchange& exchange, absl::string_view waited_for);
  absl::Duration BackoffBound(const Exchange& exchange) const;

  const GatewayOptions options_;
  const GatewayParts parts_;
  BodyReader bodies_;
  AnswerJudge judge_;
  secrets::Mask mask_;  // of what every call knows
  absl::BitGen random_;
};

}  // namespace firstmile::gateway
