#include "gateway/gateway.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "errors/status.h"
#include "gateway/file_sink.h"
#include "tokens/token_refusals.h"

namespace firstmile::gateway {
namespace {

using errors::Code;
using limits::UpstreamLimits;
using ops::AttemptOutcome;

// A call that waited this long for its permit gets its token again.
constexpr absl::Duration kTokenMayHaveEnded = absl::Seconds(1);

// How much of its time a write reserves for reading its effect back.
constexpr absl::Duration kReadBackTimeMax = absl::Seconds(3);

limits::CallTicket TicketOf(const OutgoingCall& call) {
  return {.subject = call.owner,
          .operation = call.endpoint.operation,
          .caller = call.context.caller,
          .deadline = call.context.deadline,
          .file = call.wants_file(),
          .again = call.rate_limited > 0};
}

}  // namespace

async::Task<CallReport> Gateway::Call(const endpoints::Endpoint& endpoint,
                                      const google::protobuf::Message& request,
                                      google::protobuf::Message* response, CallContext context) {
  OutgoingCall call(endpoint, request, response, std::move(context), mask_);
  CallReport report = co_await MakeAttempts(call);
  report.attempts = call.attempts;
  report.waited = call.waited;
  co_return report;
}

async::Task<CallReport> Gateway::MakeAttempts(OutgoingCall& call) {
  CallReport report;
  bool again = true;
  while (again) {
    UpstreamLimits::Permit permit;
    const std::optional<Obstacle> obstacle = co_await MakeReady(call, &permit);
    if (obstacle.has_value()) {
      if (obstacle->status.has_value()) report.status = *obstacle->status;
      report.shed = obstacle->shed;
      break;
    }
    AttemptResult attempt_result = co_await Send(call, permit);
    Account(call, attempt_result, permit);
    permit = {};  // released before the wait for the next one
    report = std::move(attempt_result.report);
    again = co_await Recover(call, attempt_result, &report);
  }
  co_return report;
}

// Checks first what refuses without a wait.
async::Task<std::optional<Gateway::Obstacle>> Gateway::MakeReady(OutgoingCall& call,
                                                                 UpstreamLimits::Permit* permit) {
  const std::optional<limits::Refusal> refusal = parts_.limits.RefusalNow(call.endpoint.operation);
  if (refusal.has_value()) co_return Refuse(call, *refusal);
  std::optional<Obstacle> obstacle;
  if (call.attempts == 0) obstacle = co_await FindToken(call);
  if (obstacle.has_value()) co_return obstacle;
  UpstreamLimits::Admission admission = co_await parts_.limits.Admit(TicketOf(call), call.context.stop);
  call.waited += admission.waited;
  parts_.metrics.CountQueueWait(call.endpoint.operation, admission.waited);
  if (admission.refusal.has_value()) co_return Refuse(call, *admission.refusal);
  if (admission.waited > kTokenMayHaveEnded) obstacle = co_await FindToken(call);
  if (obstacle.has_value()) co_return obstacle;
  const std::optional<limits::Refusal> closed = admission.permit.Start();
  if (closed.has_value()) co_return Refuse(call, *closed);
  *permit = std::move(admission.permit);
  co_return std::nullopt;
}

async::Task<std::optional<Gateway::Obstacle>> Gateway::FindToken(OutgoingCall& call) {
  if (call.endpoint.scope == firstmile::v1::AUTH_SCOPE_PUBLIC) co_return std::nullopt;
  if (call.context.access_token.has_value()) {
    call.subject.access_token = *call.context.access_token;
    co_return std::nullopt;
  }
  tokens::TokenAnswer answer = co_await parts_.tokens.Get(call.owner, call.context.stop);
  if (answer.refusal.has_value()) co_return Obstacle{RefuseForToken(call, *answer.refusal)};
  call.subject.access_token = std::move(answer.access_token);
  co_return std::nullopt;
}

google::rpc::Status Gateway::RefuseForToken(const OutgoingCall& call,
                                            const tokens::TokenRefusal& refusal) const {
  if (refusal.code == Code::kCancelled) return StoppedWaiting(call, "an access token");
  return tokens::StatusOf(refusal, call.endpoint.operation);
}

// Shopee's answer to an earlier attempt is more useful than the sidecar's own refusal of another one.
Gateway::Obstacle Gateway::Refuse(const OutgoingCall& call, const limits::Refusal& refusal) {
  if (refusal.code == Code::kCancelled) return {StoppedWaiting(call, "its turn")};
  if (call.attempts > 0) return {};
  parts_.metrics.CountShed(refusal.reason);
  Obstacle obstacle{LocalFailure(call, refusal.code, refusal.reason, refusal.message), true};
  if (refusal.retry_after.has_value()) errors::SetRetryInfo(*refusal.retry_after, &*obstacle.status);
  return obstacle;
}

google::rpc::Status Gateway::StoppedWaiting(const OutgoingCall& call, absl::string_view waited_for) const {
  if (!call.context.IsLate(parts_.loop.clock().Monotonic())) {
    return LocalFailure(call, Code::kCancelled, "CANCELLED", "The caller cancelled the call.");
  }
  const std::string what = absl::StrCat("the deadline passed while the call waited for ", waited_for);
  return LocalFailure(call, Code::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                      call.attempts == 0 ? absl::StrCat("Not sent: ", what, ".")
                                         : absl::StrCat("No attempt succeeded: ", what, "."));
}

async::Task<AttemptResult> Gateway::Send(OutgoingCall& call, UpstreamLimits::Permit& permit) {
  ++call.attempts;
  transport::HttpRequest request = Sign(call);
  if (call.context.file_sink != nullptr) OfferSink(call, permit, &request);
  transport::HttpResult result = co_await parts_.transport.Send(std::move(request), call.context.stop);
  BodyReading reading;
  const bool json = result.failure == transport::HttpFailure::kNone && !IsFile(call, result.response);
  const bool large = json && result.response.body.size() > codec::kLargeBodyBytes;
  if (large) {
    reading = co_await bodies_.ReadApart(call, result.response);
  } else if (json) {
    reading = bodies_.Read(call, result.response);
  }
  AttemptResult attempt_result =
      ClassifyError(call, std::move(result), std::move(reading), parts_.loop.clock());
  if (attempt_result.misplaced) {
    parts_.transport.Distrust();
    parts_.metrics.CountMisplacedAnswer(ops::ShownBy::kSubject);
  }
  co_return attempt_result;
}

transport::HttpRequest Gateway::Sign(OutgoingCall& call) {
  call.sent_at = parts_.loop.clock().Now();
  signing::SignedCall signed_call = parts_.signer.SignCall(options_.base_url, call.endpoint.path,
                                                           call.sent_at, call.subject, call.wire.query);
  call.signed_for = signed_call.signed_for;
  call.mask.Add(call.subject.access_token);  // an earlier attempt's token stays masked
  call.mask.Add(signed_call.sign);

  absl::Duration left = absl::FromChrono(call.context.deadline - parts_.loop.clock().Monotonic());
  if (!call.repeatable()) left -= std::min(left / 4, kReadBackTimeMax);
  const absl::Duration timeout = std::min({left, call.endpoint.timeout, options_.attempt_timeout_max});
  transport::HttpRequest request;
  request.url = std::move(signed_call.url);
  request.post = call.endpoint.verb == endpoints::HttpVerb::kPost;
  request.body = call.wire.body;
  request.timeout = absl::ToChronoMilliseconds(absl::Ceil(timeout, absl::Milliseconds(1)));
  request.repeatable = call.repeatable();
  if (!call.wants_file()) request.answer_bytes_max = options_.json_bytes_max;
  return request;
}

// A file may take the call's whole time, at its reader's pace. That pace says nothing about Shopee, so the
// limits get the answer when the file begins.
void Gateway::OfferSink(OutgoingCall& call, UpstreamLimits::Permit& permit, transport::HttpRequest* request) {
  const absl::Duration left = absl::FromChrono(call.context.deadline - parts_.loop.clock().Monotonic());
  request->sink = call.context.file_sink;
  request->sink_timeout = absl::ToChronoMilliseconds(absl::Ceil(left, absl::Milliseconds(1)));
  call.context.file_sink->Prepare(call.mask, [this, &call, &permit] {
    CountAttempt(call, AttemptOutcome::kAnswered, permit);
    permit.End(limits::Outcome::kAnswered);
  });
}

void Gateway::CountAttempt(const OutgoingCall& call, AttemptOutcome outcome,
                           const UpstreamLimits::Permit& permit) {
  const absl::Duration duration = absl::FromChrono(parts_.loop.clock().Monotonic() - permit.sent_at());
  parts_.metrics.CountAttempt(call.endpoint.operation, outcome, duration);
}

void Gateway::Account(const OutgoingCall& call, const AttemptResult& attempt_result,
                      UpstreamLimits::Permit& permit) {
  using State = limits::Breaker::State;
  if (permit.ended()) return;  // already reported when the file began
  CountAttempt(call, attempt_result.outcome, permit);
  const std::string& operation = call.endpoint.operation;
  if (attempt_result.for_limits == limits::Outcome::kRateLimited) parts_.metrics.CountRateLimited(operation);
  if (attempt_result.unknown_code) parts_.metrics.CountUnknownCode(operation);
  const bool was_closed = parts_.limits.breaker_state() == State::kClosed;
  permit.End(attempt_result.for_limits, attempt_result.pause());
  if (was_closed && parts_.limits.breaker_state() != State::kClosed) parts_.metrics.CountBreakerOpened();
}

}  // namespace firstmile::gateway
