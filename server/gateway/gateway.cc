#include "gateway/gateway.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "errors/status.h"
#include "tokens/token_refusals.h"
#include "transport/waiter.h"

namespace firstmile::gateway {
namespace {

using errors::Code;
using errors::Recovery;
using transport::HttpFailure;

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

// The platform answers with a file or with JSON at the same status, and its media types are not to be
// trusted: what begins like an object is judged as an envelope. An error page of a proxy is never taken for
// the file.
bool LooksLikeFile(const transport::HttpResponse& response) {
  const absl::string_view body = absl::StripLeadingAsciiWhitespace(response.body);
  return response.status == 200 && !body.empty() && body.front() != '{' &&
         !absl::StartsWith(response.content_type, "text/");
}

}  // namespace

// The state of one call on its way through the attempts.
struct Gateway::Exchange {
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
  Recovery recovery = Recovery::kNone;
  std::optional<absl::Duration> retry_after;
  bool token_replaced = false;

  bool repeatable() const { return endpoint.effect != firstmile::v1::EFFECT_WRITE; }
  void Fail(Code code, absl::string_view reason, absl::string_view message) {
    report.status = errors::Local(code, reason, message, endpoint.operation);
    recovery = Recovery::kNone;
  }
  void FailUnknown(absl::string_view detail) {
    Fail(Code::kUnknown, "WRITE_OUTCOME_UNKNOWN",
         absl::StrCat("the platform may have carried out the call: ", detail,
                      "; read the state before trying again"));
  }
};

async::Task<CallReport> Gateway::Call(const endpoints::Endpoint& endpoint,
                                      const google::protobuf::Message& request,
                                      google::protobuf::Message* response, CallContext context) {
  Exchange exchange(endpoint, request, response, std::move(context));
  exchange.wire = endpoint.encoder.Encode(request);
  exchange.subject.parameter = SubjectParameter(endpoint.scope);
  exchange.subject.id = endpoint.SubjectOf(request);

  const bool token_found = co_await FindToken(exchange);
  bool again = token_found;
  while (again) {
    co_await TryOnce(exchange);
    again = co_await PrepareNextAttempt(exchange);
  }
  co_return std::move(exchange.report);
}

async::Task<bool> Gateway::FindToken(Exchange& exchange) {
  if (exchange.endpoint.scope == firstmile::v1::AUTH_SCOPE_PUBLIC) co_return true;
  if (exchange.context.access_token.has_value()) {
    exchange.subject.access_token = *exchange.context.access_token;
    co_return true;
  }
  tokens::TokenAnswer answer = co_await tokens_.Get(exchange.subject.id, exchange.context.stop);
  if (answer.refusal.has_value()) {
    RefuseForToken(exchange, *answer.refusal);
    co_return false;
  }
  exchange.subject.access_token = std::move(answer.access_token);
  co_return true;
}

void Gateway::RefuseForToken(Exchange& exchange, const tokens::TokenRefusal& refusal) {
  const bool late = loop_.clock().Monotonic() >= exchange.context.deadline;
  if (refusal.code == Code::kCancelled && late) {
    return exchange.Fail(Code::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                         "time was up while the call waited for an access token; it was not sent");
  }
  exchange.report.status = tokens::StatusOf(refusal, exchange.endpoint.operation);
  exchange.recovery = Recovery::kNone;
}

async::Task<void> Gateway::TryOnce(Exchange& exchange) {
  ++exchange.report.attempts;
  const auto left = exchange.context.deadline - loop_.clock().Monotonic();
  transport::HttpRequest request;
  signing::SignedCall signed_call = signer_.SignCall(
      options_.base_url, exchange.endpoint.path, loop_.clock().Now(), exchange.subject, exchange.wire.query);
  request.url = std::move(signed_call.url);
  request.post = exchange.endpoint.verb == endpoints::HttpVerb::kPost;
  request.body = exchange.wire.body;
  request.timeout = std::min(std::chrono::ceil<std::chrono::milliseconds>(left),
                             absl::ToChronoMilliseconds(exchange.endpoint.timeout));
  request.repeatable = exchange.repeatable();
  transport::HttpResult result = co_await transport_.Send(std::move(request), exchange.context.stop);
  // A platform, or a proxy on the way, may echo the request in its answer; every text below comes from there.
  if (!LooksLikeFile(result.response)) {
    exchange.subject.access_token.MaskIn(&result.response.body);
    signed_call.sign.MaskIn(&result.response.body);
  }
  Interpret(exchange, std::move(result));
}

void Gateway::Interpret(Exchange& exchange, transport::HttpResult result) {
  exchange.retry_after.reset();
  if (result.failure == HttpFailure::kNone) {
    InterpretResponse(exchange, std::move(result.response));
  } else {
    InterpretFailure(exchange, result);
  }
}

void Gateway::InterpretFailure(Exchange& exchange, const transport::HttpResult& result) {
  const bool late = loop_.clock().Monotonic() >= exchange.context.deadline;
  const bool ambiguous =
      result.failure != HttpFailure::kNotSent && result.failure != HttpFailure::kOverloaded;
  if (late && ambiguous) {
    exchange.Fail(
        Code::kDeadlineExceeded, exchange.repeatable() ? "DEADLINE_EXCEEDED" : "WRITE_OUTCOME_UNKNOWN",
        exchange.repeatable() ? "the platform did not answer in time"
                              : "the platform did not answer in time and may have carried out the call; "
                                "read the state before trying again");
    return;
  }
  if (late)
    return exchange.Fail(Code::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                         "time was up before the call was sent");
  if (result.failure == HttpFailure::kStopped)
    return exchange.Fail(Code::kCancelled, "CANCELLED", "the caller cancelled");
  if (result.failure == HttpFailure::kOverloaded) {
    return exchange.Fail(Code::kResourceExhausted, "SIDECAR_OVERLOADED", result.detail);
  }
  if (result.failure == HttpFailure::kNotSent) {
    exchange.Fail(Code::kUnavailable, "UPSTREAM_UNREACHABLE",
                  absl::StrCat("the platform cannot be reached: ", result.detail));
    exchange.recovery = Recovery::kRetryRead;
    return;
  }
  if (!exchange.repeatable()) return exchange.FailUnknown(result.detail);
  if (result.failure == HttpFailure::kBodyTooLarge) {
    return exchange.Fail(Code::kInternal, "ANSWER_TOO_LARGE",
                         "the answer is longer than upstream.max_body_bytes");
  }
  exchange.Fail(Code::kUnavailable, "UPSTREAM_NO_ANSWER",
                absl::StrCat("the platform gave no complete answer: ", result.detail));
  exchange.recovery = Recovery::kRetryRead;
}

void Gateway::InterpretResponse(Exchange& exchange, transport::HttpResponse response) {
  const bool file = exchange.endpoint.payload == firstmile::v1::PAYLOAD_KIND_FILE;
  exchange.report.http_status = response.status;
  if (file && LooksLikeFile(response)) {
    exchange.endpoint.decoder.DecodeFile(std::move(response.body), response.content_type, exchange.response);
    exchange.report.status.Clear();
    exchange.recovery = Recovery::kNone;
    return;
  }
  const codec::Answer answer = reader_.Read(response.body);
  exchange.report.vendor_code = answer.error;
  exchange.report.request_id = answer.request_id;
  const bool success = answer.is_envelope && answer.error.empty() && response.status < 400 && !file;
  const bool all_failed = exchange.endpoint.decoder.has_outcomes() && errors::IsAllFailedBatch(answer.error);
  if (success || all_failed) return Accept(exchange, answer);

  const bool told = answer.is_envelope || !answer.message.empty();
  Reject(exchange, {.vendor_code = answer.error,
                    .vendor_message = told ? answer.message : answer.parse_error,
                    .request_id = answer.request_id,
                    .http_status = response.status});
}

void Gateway::Accept(Exchange& exchange, const codec::Answer& answer) {
  const absl::Status decoded =
      exchange.endpoint.decoder.Decode(answer, exchange.request, exchange.response, &exchange.report.decode);
  exchange.recovery = Recovery::kNone;
  exchange.report.status.Clear();
  if (decoded.ok()) return;
  exchange.response->Clear();
  Reject(exchange, {.vendor_code = "",
                    .vendor_message = std::string(decoded.message()),
                    .request_id = answer.request_id,
                    .http_status = exchange.report.http_status});
}

void Gateway::Reject(Exchange& exchange, const errors::UpstreamFailure& failure) {
  errors::Verdict told = errors::Judge(failure, loop_.clock().Now());
  if (told.recovery == Recovery::kRetryRead && !exchange.repeatable()) {
    told.code = Code::kUnknown;
    told.reason = "WRITE_OUTCOME_UNKNOWN";
    told.remedy = "Read the state before trying again: the platform may have carried out the call.";
    told.recovery = Recovery::kNone;
  }
  exchange.report.status = errors::FromUpstream(told, failure, exchange.endpoint.operation);
  exchange.recovery = told.recovery;
  exchange.retry_after = told.retry_after;
}

async::Task<bool> Gateway::PrepareNextAttempt(Exchange& exchange) {
  if (exchange.recovery == Recovery::kNone) co_return false;
  if (exchange.recovery == Recovery::kRefreshToken) co_return co_await ReplaceToken(exchange);
  if (exchange.recovery == Recovery::kRetryRead && !exchange.repeatable()) co_return false;
  if (exchange.report.attempts >= options_.attempts_max) co_return false;
  const auto due = loop_.clock().Monotonic() + absl::ToChronoNanoseconds(Backoff(exchange));
  if (due >= exchange.context.deadline) co_return false;
  const bool waited = co_await transport::SleepUntil(loop_, due, exchange.context.stop);
  if (!waited) InterpretFailure(exchange, {HttpFailure::kStopped, "", {}});
  co_return waited;
}

async::Task<bool> Gateway::ReplaceToken(Exchange& exchange) {
  if (exchange.token_replaced || exchange.context.access_token.has_value()) co_return false;
  tokens::TokenAnswer answer =
      co_await tokens_.Replace(exchange.subject.id, exchange.subject.access_token, exchange.context.stop);
  if (answer.refusal.has_value()) {
    // UNAUTHENTICATED: custody knows no more than the platform, whose own words stay the answer.
    if (answer.refusal->code != Code::kUnauthenticated) RefuseForToken(exchange, *answer.refusal);
    co_return false;
  }
  exchange.subject.access_token = std::move(answer.access_token);
  exchange.token_replaced = true;
  co_return true;
}

absl::Duration Gateway::Backoff(const Exchange& exchange) {
  absl::Duration wait = options_.backoff_initial;
  for (int i = 1; i < exchange.report.attempts && wait < options_.backoff_max; ++i) wait *= 2;
  wait = std::min(wait, options_.backoff_max);
  wait = std::max(wait, exchange.retry_after.value_or(absl::ZeroDuration()));
  return wait *
         absl::Uniform(random_, 1.0, 1.5);  // jitter: callers that failed together do not return together
}

}  // namespace firstmile::gateway
