#include "gateway/answer_judge.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codec/echoes.h"
#include "errors/retry_after.h"
#include "errors/status.h"
#include "text/clean_text.h"

namespace firstmile::gateway {
namespace {

using errors::Code;
using errors::Recovery;
using ops::AttemptOutcome;
using transport::HttpFailure;

constexpr absl::string_view kBodyLimit = "upstream.max_body_bytes; limits.memory_max_mb bounds it too";
constexpr absl::string_view kJsonLimit = "upstream.max_json_bytes; limits.memory_max_mb bounds it too";

AttemptOutcome OutcomeOf(HttpFailure failure) {
  switch (failure) {
    case HttpFailure::kNone:
      return AttemptOutcome::kAnswered;
    case HttpFailure::kOverloaded:
    case HttpFailure::kAnswerDropped:
      return AttemptOutcome::kOverloaded;
    case HttpFailure::kLocalFault:
      return AttemptOutcome::kLocalFault;
    case HttpFailure::kNotSent:
      return AttemptOutcome::kUnreachable;
    case HttpFailure::kNoAnswer:
      return AttemptOutcome::kNoAnswer;
    case HttpFailure::kNotSentInTime:
    case HttpFailure::kTimedOut:
      return AttemptOutcome::kTimedOut;
    case HttpFailure::kBodyTooLarge:
      return AttemptOutcome::kTooLarge;
    case HttpFailure::kStopped:
      return AttemptOutcome::kStopped;
  }
  return AttemptOutcome::kNoAnswer;
}

AttemptOutcome OutcomeOf(const errors::Verdict& verdict) {
  if (verdict.reason == "DAILY_QUOTA") return AttemptOutcome::kDailyQuota;
  if (verdict.recovery == Recovery::kBackOff) return AttemptOutcome::kRateLimited;
  if (verdict.code == Code::kInternal) return AttemptOutcome::kUnreadable;
  return verdict.recovery == Recovery::kRetryRead ? AttemptOutcome::kUnavailable : AttemptOutcome::kRefused;
}

// Longer than any media type that means something.
constexpr std::size_t kContentTypeBytesMax = 128;

// What the caller of a dropped answer is told to wait.
constexpr absl::Duration kRetryAfterDropped = absl::Seconds(1);

// A proxy that gave up waiting: what stands behind it may still be at work.
Doubt DoubtAfter(int http_status) {
  return http_status == 504 || http_status == 408 ? Doubt::kNoAnswer : Doubt::kAnswerLost;
}

}  // namespace

// The platform answers with a file or with JSON at the same status, and its media types are not to be
// trusted: what begins like an object is judged as an envelope. An error page of a proxy is never taken for
// the file.
bool LooksLikeFile(const transport::HttpResponse& response) {
  const absl::string_view body = absl::StripLeadingAsciiWhitespace(response.body);
  return response.status == 200 && !body.empty() && body.front() != '{' &&
         !absl::StartsWith(response.content_type, "text/");
}

bool IsFile(const Exchange& exchange, const transport::HttpResponse& response) {
  return exchange.endpoint.payload == firstmile::v1::PAYLOAD_KIND_FILE && LooksLikeFile(response);
}

void Exchange::Fail(Code code, absl::string_view reason, absl::string_view message) {
  report.status = errors::Local(code, reason, message, endpoint.operation);
  recovery = Recovery::kNone;
}

void Exchange::FailInDoubt(Doubt doubt, absl::string_view detail) {
  Fail(Code::kUnknown, "WRITE_OUTCOME_UNKNOWN",
       absl::StrCat("the platform may have carried out the call: ", detail,
                    "; read the state before trying again"));
  report.doubt = doubt;
}

void AnswerJudge::Judge(Exchange& exchange, transport::HttpResult result, const BodyReading& reading) {
  exchange.retry_after.reset();
  exchange.asked_pause.reset();
  exchange.report.memory.reset();
  exchange.report.doubt = Doubt::kNone;
  exchange.enveloped = false;
  exchange.misplaced = false;
  exchange.known = true;
  exchange.outcome = OutcomeOf(result.failure);
  if (result.failure != HttpFailure::kNone) {
    exchange.mask.Apply(&result.detail);
    return JudgeFailure(exchange, result);
  }
  exchange.date = result.response.date;
  exchange.asked_pause = errors::ParseRetryAfter(result.response.retry_after, clock_.Now());
  exchange.report.http_status = result.response.status;
  auto memory = std::move(result.response.memory);
  if (IsFile(exchange, result.response)) {
    JudgeFile(exchange, std::move(result.response));
  } else {
    JudgeJson(exchange, result.response, reading);
  }
  if (exchange.report.status.code() == 0) exchange.report.memory = std::move(memory);
}

void AnswerJudge::JudgeFailure(Exchange& exchange, const transport::HttpResult& result) {
  if (exchange.context.IsLate(clock_.Monotonic())) {
    return JudgeLateFailure(exchange, !transport::NothingWasSent(result.failure));
  }
  switch (result.failure) {
    case HttpFailure::kStopped:
      return exchange.Fail(Code::kCancelled, "CANCELLED", "the caller cancelled");
    case HttpFailure::kOverloaded:
      return exchange.Fail(Code::kResourceExhausted, "SIDECAR_OVERLOADED", result.detail);
    case HttpFailure::kLocalFault:
      return exchange.Fail(
          Code::kInternal, "SIDECAR_FAULT",
          absl::StrCat("the request could not be made; nothing was sent to the platform: ", result.detail));
    case HttpFailure::kNotSent:
    case HttpFailure::kNotSentInTime:
      exchange.Fail(Code::kUnavailable, "UPSTREAM_UNREACHABLE",
                    absl::StrCat("the platform cannot be reached: ", result.detail));
      exchange.recovery = Recovery::kRetryRead;
      return;
    case HttpFailure::kBodyTooLarge: {
      const bool file = exchange.endpoint.payload == firstmile::v1::PAYLOAD_KIND_FILE;
      return JudgeTooLarge(exchange, result.detail, file ? kBodyLimit : kJsonLimit);
    }
    case HttpFailure::kAnswerDropped:
      return JudgeDropped(exchange, result.detail);
    default:
      break;
  }
  const bool timed_out = result.failure == HttpFailure::kTimedOut;
  if (!exchange.repeatable()) {
    return exchange.FailInDoubt(timed_out ? Doubt::kNoAnswer : Doubt::kAnswerLost, result.detail);
  }
  exchange.Fail(Code::kUnavailable, "UPSTREAM_NO_ANSWER",
                absl::StrCat("the platform gave no complete answer: ", result.detail));
  exchange.recovery = Recovery::kRetryRead;
}

void AnswerJudge::JudgeLateFailure(Exchange& exchange, bool sent) {
  if (!sent) {
    return exchange.Fail(Code::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                         "time was up before the call was sent");
  }
  if (exchange.repeatable()) {
    return exchange.Fail(Code::kDeadlineExceeded, "DEADLINE_EXCEEDED", "the platform did not answer in time");
  }
  exchange.Fail(Code::kDeadlineExceeded, "WRITE_OUTCOME_UNKNOWN",
                "the platform did not answer in time and may have carried out the call; "
                "read the state before trying again");
}

void AnswerJudge::JudgeFile(Exchange& exchange, transport::HttpResponse response) {
  exchange.enveloped = true;
  exchange.mask.Apply(&response.content_type);
  exchange.endpoint.decoder.DecodeFile(std::move(response.body),
                                       text::CleanText(response.content_type, kContentTypeBytesMax),
                                       exchange.response);
  exchange.report.status.Clear();
  exchange.recovery = Recovery::kNone;
}

void AnswerJudge::JudgeJson(Exchange& exchange, const transport::HttpResponse& response,
                            const BodyReading& reading) {
  if (reading.unread) {
    return JudgeDropped(
        exchange, absl::StrCat("it has ", response.body.size(), " bytes, and too many wait to be read"));
  }
  const codec::Answer& answer = reading.answer;
  if (answer.too_large) return JudgeTooLarge(exchange, answer.parse_error, kJsonLimit);
  exchange.enveloped = answer.is_envelope;
  exchange.report.vendor_code = answer.error;
  exchange.report.request_id = answer.request_id;
  if (reading.success) return Accept(exchange, reading);

  const bool told = answer.is_envelope || !answer.message.empty();
  Reject(exchange, {.vendor_code = answer.error,
                    .vendor_message = told ? answer.message : answer.parse_error,
                    .request_id = answer.request_id,
                    .http_status = response.status,
                    .retry_after = exchange.asked_pause});
}

// What a write has done shows in the platform's state; a read would come to the same end again.
void AnswerJudge::JudgeTooLarge(Exchange& exchange, absl::string_view detail, absl::string_view setting) {
  exchange.outcome = AttemptOutcome::kTooLarge;
  const std::string text = absl::StrCat(detail, " (", setting, ")");
  if (!exchange.repeatable()) return exchange.FailInDoubt(Doubt::kAnswerLost, text);
  exchange.Fail(Code::kInternal, "ANSWER_TOO_LARGE", text);
}

void AnswerJudge::JudgeDropped(Exchange& exchange, absl::string_view detail) {
  exchange.outcome = AttemptOutcome::kOverloaded;
  const std::string text = absl::StrCat("a large answer of the platform was dropped: ", detail);
  if (!exchange.repeatable()) return exchange.FailInDoubt(Doubt::kAnswerLost, text);
  exchange.Fail(Code::kResourceExhausted, "SIDECAR_OVERLOADED", text);
  errors::AddRetryInfo(kRetryAfterDropped, &exchange.report.status);
}

void AnswerJudge::Accept(Exchange& exchange, const BodyReading& reading) {
  exchange.recovery = Recovery::kNone;
  exchange.report.status.Clear();
  if (reading.decoded.ok()) return;
  exchange.response->Clear();
  std::string detail(reading.decoded.message());
  exchange.mask.Apply(&detail);
  Reject(exchange, {.vendor_code = "",
                    .vendor_message = std::move(detail),
                    .request_id = reading.answer.request_id,
                    .http_status = exchange.report.http_status});
  exchange.misplaced = codec::IsAboutAnother(reading.decoded);
  const bool in_doubt = exchange.report.doubt != Doubt::kNone;
  if (exchange.misplaced && in_doubt)
    exchange.report.doubt = Doubt::kNoAnswer;  // the true one may be on its way
}

void AnswerJudge::Reject(Exchange& exchange, const errors::UpstreamFailure& failure) {
  errors::Verdict told = errors::Judge(failure, clock_.Now());
  exchange.outcome = OutcomeOf(told);
  exchange.known = told.known;
  const bool in_doubt = told.recovery == Recovery::kRetryRead && !exchange.repeatable();
  if (in_doubt) {
    told.code = Code::kUnknown;
    told.reason = "WRITE_OUTCOME_UNKNOWN";
    told.remedy = "Read the state before trying again: the platform may have carried out the call.";
    told.recovery = Recovery::kNone;
  }
  exchange.report.status = errors::FromUpstream(told, failure, exchange.endpoint.operation);
  exchange.report.doubt = in_doubt ? DoubtAfter(failure.http_status) : Doubt::kNone;
  exchange.recovery = told.recovery;
  exchange.retry_after = told.retry_after;
}

}  // namespace firstmile::gateway
