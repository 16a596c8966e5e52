#include "gateway/attempt_result.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codec/echoes.h"
#include "errors/retry_after.h"
#include "errors/status.h"
#include "gateway/failed_attempt.h"
#include "gateway/file_sink.h"

namespace firstmile::gateway {
namespace {

using errors::Code;
using errors::RetryClass;
using ops::AttemptOutcome;
using transport::HttpFailure;

// A proxy answered that has given up waiting or has no details: the server behind it may still be working.
// Shopee itself has finished when it answers, unless it reports that its own wait timed out.
UnknownOutcome UnknownOutcomeAfter(const errors::UpstreamFailure& failure, bool by_platform) {
  const bool timed_out =
      failure.http_status == 504 || failure.http_status == 408 || errors::IsUnderWay(failure.vendor_code);
  return timed_out || !by_platform ? UnknownOutcome::kNoAnswer : UnknownOutcome::kAnswerLost;
}

// Servers and proxies also write JSON with an `error` of their own at error statuses. Shopee's has a known
// code or its request id.
bool IsByPlatform(const errors::UpstreamFailure& failure, const errors::ErrorClass& error_class,
                  bool from_shopee) {
  const bool known_code = !failure.vendor_code.empty() && error_class.known;
  return from_shopee && (failure.http_status < 500 || known_code || !failure.request_id.empty());
}

AttemptOutcome OutcomeOf(const errors::ErrorClass& error_class) {
  if (error_class.reason == "DAILY_QUOTA") return AttemptOutcome::kDailyQuota;
  if (error_class.retry_class == RetryClass::kBackOff) return AttemptOutcome::kRateLimited;
  if (error_class.code == Code::kInternal) return AttemptOutcome::kUnreadable;
  return error_class.retry_class == RetryClass::kRetryRead ? AttemptOutcome::kUnavailable
                                                           : AttemptOutcome::kRefused;
}

// `from_shopee`: Shopee itself answered, not a proxy.
limits::Outcome ForLimits(AttemptOutcome outcome, bool from_shopee) {
  switch (outcome) {
    case AttemptOutcome::kRateLimited:
      return limits::Outcome::kRateLimited;
    case AttemptOutcome::kDailyQuota:
      return limits::Outcome::kQuotaSpent;
    case AttemptOutcome::kUnavailable:
    case AttemptOutcome::kUnreadable:
      return from_shopee ? limits::Outcome::kTrouble : limits::Outcome::kNotPlatform;
    default:
      return limits::Outcome::kAnswered;
  }
}

// A write that may have happened is not sent again, whatever Shopee says of trying.
void HasUnknownOutcome(const OutgoingCall& call, const errors::UpstreamFailure& failure,
                       UnknownOutcome unknown_outcome, AttemptResult* attempt_result) {
  const errors::ErrorClass error_class{.code = Code::kUnknown, .reason = "WRITE_OUTCOME_UNKNOWN"};
  CallReport& report = attempt_result->report;
  report.status = errors::FromUpstream(error_class, failure, call.endpoint.operation, call.owner.kind);
  report.unknown_outcome = unknown_outcome;
  report.cause = report.status.message();
  report.status.set_message(UnknownOutcomeText(report.cause));
}

AttemptResult Refused(const OutgoingCall& call, const errors::UpstreamFailure& failure, bool from_shopee,
                      absl::Time now) {
  const errors::ErrorClass error_class = errors::ClassifyError(failure, now);
  AttemptResult attempt_result;
  attempt_result.outcome = OutcomeOf(error_class);
  attempt_result.for_limits = ForLimits(attempt_result.outcome, from_shopee);
  attempt_result.unknown_code = !error_class.known;
  if (error_class.retry_class == RetryClass::kRetryRead && !call.repeatable()) {
    const bool by_platform = IsByPlatform(failure, error_class, from_shopee);
    HasUnknownOutcome(call, failure, UnknownOutcomeAfter(failure, by_platform), &attempt_result);
    return attempt_result;
  }
  attempt_result.retry_class = error_class.retry_class;
  attempt_result.retry_after = error_class.retry_after;
  attempt_result.report.status =
      errors::FromUpstream(error_class, failure, call.endpoint.operation, call.owner.kind);
  return attempt_result;
}

AttemptResult Answered() {
  AttemptResult attempt_result;
  attempt_result.for_limits = limits::Outcome::kAnswered;
  return attempt_result;
}

AttemptResult FileReceived(const OutgoingCall& call, transport::HttpResponse response) {
  if (response.sunk_bytes > 0) return Answered();
  const std::string type = FileMediaType(std::move(response.content_type), response.body, call.mask);
  call.endpoint.decoder.DecodeFile(std::move(response.body), type, call.response);
  return Answered();
}

// Shopee reports success, but the body does not match the contract.
AttemptResult Undecodable(const OutgoingCall& call, const BodyReading& reading, int http_status,
                          absl::Time now) {
  call.response->Clear();
  std::string detail(reading.decoded.message());
  call.mask.Apply(&detail);
  AttemptResult attempt_result = Refused(call,
                                         {.vendor_message = std::move(detail),
                                          .request_id = reading.answer.request_id,
                                          .http_status = http_status},
                                         reading.answer.is_envelope, now);
  attempt_result.misplaced = codec::IsAboutAnother(reading.decoded);
  UnknownOutcome& unknown_outcome = attempt_result.report.unknown_outcome;
  // The true answer may be on its way.
  if (attempt_result.misplaced && unknown_outcome != UnknownOutcome::kNone)
    unknown_outcome = UnknownOutcome::kNoAnswer;
  return attempt_result;
}

// An incomplete JSON object: only Shopee sends one with a status below 400.
bool IsCutShort(const codec::Answer& answer, const transport::HttpResponse& response) {
  return !answer.is_json && response.status < 400 &&
         absl::StartsWith(absl::StripLeadingAsciiWhitespace(response.body), "{");
}

// The description of an answer that is not a success.
std::string WordsOf(const OutgoingCall& call, const codec::Answer& answer) {
  if (!answer.message.empty()) return answer.message;
  if (!answer.is_envelope) return answer.WhyUnreadable();
  const bool no_error = call.wants_file() && answer.error.empty();
  return no_error ? "the body is JSON without an error, where a file is expected" : "";
}

AttemptResult ClassifyJson(const OutgoingCall& call, const transport::HttpResponse& response,
                           const BodyReading& reading, std::optional<absl::Duration> asked_pause,
                           absl::Time now) {
  if (reading.unread) {
    return AnswerDropped(
        call, absl::StrCat("it has ", response.body.size(), " bytes, and other large ones wait to be read"));
  }
  const codec::Answer& answer = reading.answer;
  if (answer.too_large) return AnswerTooLarge(call, answer.parse_error, kJsonLimit);
  if (reading.success) {
    return reading.decoded.ok() ? Answered() : Undecodable(call, reading, response.status, now);
  }
  AttemptResult attempt_result = Refused(call,
                                         {.vendor_code = answer.error,
                                          .vendor_message = WordsOf(call, answer),
                                          .request_id = answer.request_id,
                                          .http_status = response.status,
                                          .retry_after = asked_pause},
                                         answer.is_envelope, now);
  UnknownOutcome& unknown_outcome = attempt_result.report.unknown_outcome;
  if (unknown_outcome != UnknownOutcome::kNone && IsCutShort(answer, response))
    unknown_outcome = UnknownOutcome::kAnswerLost;
  return attempt_result;
}

}  // namespace

bool IsFile(const OutgoingCall& call, const transport::HttpResponse& response) {
  return call.wants_file() && (response.sunk_bytes > 0 || LooksLikeFile(response.status, response.body));
}

AttemptResult ClassifyError(const OutgoingCall& call, transport::HttpResult result, BodyReading reading,
                            const transport::Clock& clock) {
  if (result.failure != HttpFailure::kNone) {
    call.mask.Apply(&result.detail);
    return ClassifyNoAnswer(call, result, call.context.IsLate(clock.Monotonic()));
  }
  transport::HttpResponse& response = result.response;
  const absl::Time now = clock.Now();
  const std::optional<absl::Duration> asked_pause = errors::ParseRetryAfter(response.retry_after, now);
  const int http_status = response.status;
  std::string date = std::move(response.date);
  auto memory = std::move(response.memory);
  AttemptResult attempt_result = IsFile(call, response)
                                     ? FileReceived(call, std::move(response))
                                     : ClassifyJson(call, response, reading, asked_pause, now);
  attempt_result.date = std::move(date);
  attempt_result.asked_pause = asked_pause;
  attempt_result.report.http_status = http_status;
  attempt_result.report.vendor_code = std::move(reading.answer.error);
  attempt_result.report.request_id = std::move(reading.answer.request_id);
  attempt_result.report.decode = reading.report;
  if (attempt_result.report.status.code() == 0) attempt_result.report.memory = std::move(memory);
  return attempt_result;
}

}  // namespace firstmile::gateway
