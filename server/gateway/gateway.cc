#include "gateway/gateway.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "errors/status.h"
#include "tokens/token_refusals.h"
#include "transport/waiter.h"

namespace firstmile::gateway {
namespace {

using errors::Code;
using errors::Recovery;
using ops::AttemptOutcome;

// Attempts of one call that the platform may refuse for its rate; each waits for its turn anew.
constexpr int kRateLimitedMax = 8;

// A longer pause that the platform asks for is left to the caller, who is told of it.
constexpr absl::Duration kAskedPauseMax = absl::Minutes(1);

// A call that waited this long for its turn asks for its token again.
constexpr absl::Duration kTokenMayHaveEnded = absl::Seconds(1);

// What a write leaves of its time for a look at what it did.
constexpr absl::Duration kReadBackTimeMax = absl::Seconds(3);

absl::string_view SubjectParameter(firstmile::v1::AuthScope scope) {
  switch (scope) {
    case firstmile::v1::AUTH_SCOPE_SHOP:
      return "shop_id";
    case firstmile::v1::AUTH_SCOPE_MERCHANT:
      return "merchant_id";
    default:
      return "";
  }
}

}  // namespace

async::Task<CallReport> Gateway::Call(const endpoints::Endpoint& endpoint,
                                      const google::protobuf::Message& request,
                                      google::protobuf::Message* response, CallContext context) {
  Exchange exchange(endpoint, request, response, std::move(context));
  exchange.mask = mask_;
  exchange.wire = endpoint.encoder.Encode(request);
  exchange.subject.parameter = SubjectParameter(endpoint.scope);
  exchange.subject.id = endpoint.SubjectOf(request);
  bool again = true;
  while (again) again = co_await Attempt(exchange);
  co_return std::move(exchange.report);
}

// One attempt with all that it needs before. True when another is to be made.
async::Task<bool> Gateway::Attempt(Exchange& exchange) {
  if (HostIsShut(exchange)) co_return false;  // asked before the waits for a token and a turn
  bool ready = exchange.report.attempts > 0;
  if (!ready) ready = co_await FindToken(exchange);
  if (!ready) co_return false;

  limits::CallTicket ticket{.shop_id = exchange.subject.id,
                            .operation = exchange.endpoint.operation,
                            .caller = exchange.context.caller,
                            .deadline = exchange.context.deadline,
                            .again = exchange.rate_limited > 0};
  limits::Admission turn = co_await parts_.limits.limiter.Admit(ticket, exchange.context.stop);
  exchange.report.waited += turn.waited;
  parts_.metrics.CountQueueWait(exchange.endpoint.operation, turn.waited);
  if (turn.refusal.has_value()) {
    Refuse(exchange, *turn.refusal);
    co_return false;
  }
  if (turn.waited > kTokenMayHaveEnded) ready = co_await FindToken(exchange);
  if (!ready) co_return false;

  limits::Breaker::Entry host = parts_.limits.breaker.Enter(parts_.loop.clock().Monotonic());
  if (host.refusal.has_value()) {
    Refuse(exchange, *host.refusal);
    co_return false;
  }
  const transport::MonotonicTime sent_at = parts_.loop.clock().Monotonic();
  co_await Send(exchange);
  Account(exchange, sent_at, host.attempt);
  turn.permit = {};  // before the wait for the next one
  co_return co_await PrepareNextAttempt(exchange);
}

// True when the breaker would refuse the call now; then it is refused.
bool Gateway::HostIsShut(Exchange& exchange) {
  const std::optional<limits::Refusal> refusal =
      parts_.limits.breaker.RefusalAt(parts_.loop.clock().Monotonic());
  if (refusal.has_value()) Refuse(exchange, *refusal);
  return refusal.has_value();
}

async::Task<bool> Gateway::FindToken(Exchange& exchange) {
  if (exchange.endpoint.scope == firstmile::v1::AUTH_SCOPE_PUBLIC) co_return true;
  if (exchange.context.access_token.has_value()) {
    exchange.subject.access_token = *exchange.context.access_token;
    co_return true;
  }
  tokens::TokenAnswer answer = co_await parts_.tokens.Get(exchange.subject.id, exchange.context.stop);
  if (answer.refusal.has_value()) {
    RefuseForToken(exchange, *answer.refusal);
    co_return false;
  }
  exchange.subject.access_token = std::move(answer.access_token);
  co_return true;
}

void Gateway::RefuseForToken(Exchange& exchange, const tokens::TokenRefusal& refusal) {
  if (refusal.code == Code::kCancelled) return EndWaiting(exchange, "an access token");
  exchange.report.status = tokens::StatusOf(refusal, exchange.endpoint.operation);
  exchange.recovery = Recovery::kNone;
}

// The answer to an earlier attempt says more than the sidecar's own refusal to make another.
void Gateway::Refuse(Exchange& exchange, const limits::Refusal& refusal) {
  if (refusal.code == Code::kCancelled) return EndWaiting(exchange, "its turn");
  if (exchange.report.attempts > 0) return;
  parts_.metrics.CountShed(refusal.reason);
  exchange.report.shed = true;
  exchange.Fail(refusal.code, refusal.reason, refusal.message);
  if (refusal.retry_after.has_value()) errors::AddRetryInfo(*refusal.retry_after, &exchange.report.status);
}

void Gateway::EndWaiting(Exchange& exchange, absl::string_view waited_for) {
  if (!exchange.context.IsLate(parts_.loop.clock().Monotonic())) {
    return exchange.Fail(Code::kCancelled, "CANCELLED", "the caller cancelled");
  }
  exchange.Fail(Code::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                absl::StrCat("time was up while the call waited for ", waited_for,
                             exchange.report.attempts == 0 ? "; it was not sent"
                                                           : "; every attempt before had failed"));
}

transport::HttpRequest Gateway::Sign(Exchange& exchange) {
  exchange.sent_at = parts_.loop.clock().Now();
  signing::SignedCall signed_call = parts_.signer.SignCall(
      options_.base_url, exchange.endpoint.path, exchange.sent_at, exchange.subject, exchange.wire.query);
  exchange.signed_for = signed_call.signed_for;
  exchange.mask.Add(exchange.subject.access_token);  // that of an earlier attempt stays masked
  exchange.mask.Add(signed_call.sign);

  absl::Duration left = absl::FromChrono(exchange.context.deadline - parts_.loop.clock().Monotonic());
  if (!exchange.repeatable()) left -= std::min(left / 4, kReadBackTimeMax);
  const absl::Duration timeout = std::min({left, exchange.endpoint.timeout, options_.attempt_timeout_max});
  transport::HttpRequest request;
  request.url = std::move(signed_call.url);
  request.post = exchange.endpoint.verb == endpoints::HttpVerb::kPost;
  request.body = exchange.wire.body;
  request.timeout = absl::ToChronoMilliseconds(absl::Ceil(timeout, absl::Milliseconds(1)));
  request.repeatable = exchange.repeatable();
  if (exchange.endpoint.payload != firstmile::v1::PAYLOAD_KIND_FILE) {
    request.answer_bytes_max = options_.json_bytes_max;
  }
  return request;
}

async::Task<void> Gateway::Send(Exchange& exchange) {
  ++exchange.report.attempts;
  transport::HttpRequest request = Sign(exchange);
  transport::HttpResult result = co_await parts_.transport.Send(std::move(request), exchange.context.stop);
  BodyReading reading;
  const bool json = result.failure == transport::HttpFailure::kNone && !IsFile(exchange, result.response);
  if (json) reading = co_await bodies_.Read(exchange, result.response);
  judge_.Judge(exchange, std::move(result), reading);
  if (!exchange.misplaced) co_return;
  parts_.transport.Distrust();
  parts_.metrics.CountMisplacedAnswer(ops::ShownBy::kSubject);
}

void Gateway::Account(const Exchange& exchange, transport::MonotonicTime sent_at,
                      limits::Breaker::Attempt& host) {
  const std::string& operation = exchange.endpoint.operation;
  const absl::Duration duration = absl::FromChrono(parts_.loop.clock().Monotonic() - sent_at);
  parts_.metrics.CountAttempt(operation, exchange.outcome, duration);
  if (exchange.outcome == AttemptOutcome::kRateLimited) parts_.metrics.CountRateLimited(operation);
  if (!exchange.known) parts_.metrics.CountUnknownCode(operation);
  const bool was_closed = parts_.limits.breaker.state() == limits::Breaker::State::kClosed;
  Tell(exchange, sent_at, host);
  const bool is_closed = parts_.limits.breaker.state() == limits::Breaker::State::kClosed;
  if (was_closed && !is_closed) parts_.metrics.CountBreakerOpened();
}

// Tells the limits how the attempt ended.
void Gateway::Tell(const Exchange& exchange, transport::MonotonicTime sent_at,
                   limits::Breaker::Attempt& host) {
  limits::LoopLimits& limits = parts_.limits;
  const transport::MonotonicTime now = parts_.loop.clock().Monotonic();
  const std::int64_t shop = exchange.subject.id;
  const std::string& operation = exchange.endpoint.operation;
  switch (exchange.outcome) {
    case AttemptOutcome::kOverloaded:
    case AttemptOutcome::kLocalFault:
    case AttemptOutcome::kTooLarge:
      return;
    case AttemptOutcome::kStopped:
      return limits.limiter.OnNoAnswer(shop, operation, sent_at);
    case AttemptOutcome::kTimedOut:
      limits.limiter.OnNoAnswer(shop, operation, sent_at);
      return host.TimedOut(now);
    case AttemptOutcome::kUnreachable:
    case AttemptOutcome::kNoAnswer:
      limits.limiter.OnNoAnswer(shop, operation, sent_at);
      return host.Failed(now);
    case AttemptOutcome::kRateLimited:
      limits.limiter.OnRateLimited(shop, operation, sent_at, exchange.asked_pause);
      return host.Succeeded(now);
    case AttemptOutcome::kDailyQuota:
      limits.limiter.OnDailyQuota(
          operation, parts_.loop.clock().Now() + exchange.retry_after.value_or(absl::ZeroDuration()));
      return host.Succeeded(now);
    case AttemptOutcome::kAnswered:
    case AttemptOutcome::kRefused:
      limits.retries.OnAnswer(shop);
      break;
    case AttemptOutcome::kUnavailable:
    case AttemptOutcome::kUnreadable:
      if (!exchange.enveloped) return host.Failed(now);
      break;
  }
  limits.limiter.OnAccepted(shop, operation, sent_at);
  host.Succeeded(now);
}

async::Task<bool> Gateway::PrepareNextAttempt(Exchange& exchange) {
  switch (exchange.recovery) {
    case Recovery::kNone:
      co_return false;
    case Recovery::kRefreshToken:
      co_return co_await ReplaceToken(exchange);
    case Recovery::kCorrectClock:
      co_return CorrectClock(exchange);
    case Recovery::kBackOff:  // the limiter makes it wait
      ++exchange.rate_limited;
      co_return exchange.rate_limited < kRateLimitedMax&& options_.attempts_max > 1;
    case Recovery::kRetryRead:
      co_return co_await BackOff(exchange);
  }
}

async::Task<bool> Gateway::BackOff(Exchange& exchange) {
  const int counted = exchange.report.attempts - exchange.rate_limited;
  if (!exchange.repeatable() || counted >= options_.attempts_max) co_return false;
  if (exchange.asked_pause.value_or(absl::ZeroDuration()) > kAskedPauseMax) co_return false;
  const absl::Duration bound = BackoffBound(exchange);
  // Full jitter: callers that failed together do not return together.
  const absl::Duration wait =
      exchange.asked_pause.value_or(absl::ZeroDuration()) + bound * absl::Uniform(random_, 0.0, 1.0);
  const transport::MonotonicTime start = parts_.loop.clock().Monotonic();
  const auto due = start + absl::ToChronoNanoseconds(wait);
  if (due >= exchange.context.deadline) co_return false;
  if (!parts_.limits.retries.TakeRetry(exchange.subject.id)) {
    parts_.metrics.CountRetryDenied();
    co_return false;
  }
  const bool waited = co_await transport::SleepUntil(parts_.loop, due, exchange.context.stop);
  exchange.report.waited += absl::FromChrono(parts_.loop.clock().Monotonic() - start);
  if (!waited) EndWaiting(exchange, "its next attempt");
  co_return waited;
}

absl::Duration Gateway::BackoffBound(const Exchange& exchange) const {
  absl::Duration bound = options_.backoff_initial;
  for (int i = 1; i < exchange.report.attempts && bound < options_.backoff_max; ++i) bound *= 2;
  return std::min(bound, options_.backoff_max);
}

bool Gateway::CorrectClock(Exchange& exchange) {
  if (exchange.clock_corrected) return false;
  exchange.clock_corrected = parts_.signer.clock().Learn(exchange.date, exchange.sent_at,
                                                         parts_.loop.clock().Now(), exchange.signed_for);
  return exchange.clock_corrected;
}

async::Task<bool> Gateway::ReplaceToken(Exchange& exchange) {
  if (exchange.token_replaced || exchange.context.access_token.has_value()) co_return false;
  tokens::TokenAnswer answer = co_await parts_.tokens.Replace(
      exchange.subject.id, exchange.subject.access_token, exchange.context.stop);
  if (answer.refusal.has_value()) {
    // UNAUTHENTICATED: custody knows no more than the platform, whose own words stay the answer.
    if (answer.refusal->code != Code::kUnauthenticated) RefuseForToken(exchange, *answer.refusal);
    co_return false;
  }
  exchange.subject.access_token = std::move(answer.access_token);
  exchange.token_replaced = true;
  co_return true;
}

}  // namespace firstmile::gateway
