#include "gateway/failed_attempt.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "errors/status.h"

namespace firstmile::gateway {
namespace {

using errors::Code;
using errors::RetryClass;
using ops::AttemptOutcome;
using transport::HttpFailure;

struct Meaning {
  AttemptOutcome outcome;
  limits::Outcome for_limits;
};

Meaning MeaningOf(HttpFailure failure) {
  switch (failure) {
    case HttpFailure::kNone:
      return {AttemptOutcome::kAnswered, limits::Outcome::kAnswered};
    case HttpFailure::kAnswerDropped:
      return {AttemptOutcome::kOverloaded, limits::Outcome::kInconclusive};
    case HttpFailure::kLocalFault:
      return {AttemptOutcome::kLocalFault, limits::Outcome::kInconclusive};
    case HttpFailure::kBodyTooLarge:
      return {AttemptOutcome::kTooLarge, limits::Outcome::kInconclusive};
    case HttpFailure::kNotSent:
      return {AttemptOutcome::kUnreachable, limits::Outcome::kNoAnswer};
    case HttpFailure::kNoAnswer:
      return {AttemptOutcome::kNoAnswer, limits::Outcome::kNoAnswer};
    case HttpFailure::kNotSentInTime:
    case HttpFailure::kTooLateToSend:
    case HttpFailure::kTimedOut:
      return {AttemptOutcome::kTimedOut, limits::Outcome::kTimedOut};
    case HttpFailure::kStopped:
    case HttpFailure::kStoppedUnsent:
      return {AttemptOutcome::kStopped, limits::Outcome::kCallerLeft};
  }
  return {AttemptOutcome::kNoAnswer, limits::Outcome::kNoAnswer};
}

AttemptResult Failed(const OutgoingCall& call, Code code, absl::string_view reason, absl::string_view message,
                     RetryClass retry_class = RetryClass::kNone) {
  AttemptResult attempt_result;
  attempt_result.report.status = LocalFailure(call, code, reason, message);
  attempt_result.retry_class = retry_class;
  return attempt_result;
}

// A cause as a message of its own.
std::string Sentence(std::string cause) {
  if (!cause.empty()) cause[0] = absl::ascii_toupper(static_cast<unsigned char>(cause[0]));
  return cause;
}

// A write that may have happened.
AttemptResult HasUnknownOutcome(const OutgoingCall& call, UnknownOutcome unknown_outcome,
                                absl::string_view detail) {
  AttemptResult attempt_result =
      Failed(call, Code::kUnknown, "WRITE_OUTCOME_UNKNOWN", UnknownOutcomeText(detail));
  attempt_result.report.unknown_outcome = unknown_outcome;
  attempt_result.report.cause = std::string(detail);
  return attempt_result;
}

AttemptResult Late(const OutgoingCall& call, const transport::HttpResult& result) {
  const auto late = [&call](absl::string_view reason, absl::string_view message) {
    return Failed(call, Code::kDeadlineExceeded, reason, message);
  };
  if (transport::NothingWasSent(result.failure)) {
    return late("DEADLINE_EXCEEDED",
                "Not sent: the deadline passed while the call waited for a connection to Shopee.");
  }
  const std::size_t bytes = result.response.sunk_bytes;
  if (bytes > 0)
    return late("DEADLINE_EXCEEDED",
                absl::StrCat("The deadline passed after ", bytes, " bytes of the file."));
  if (call.repeatable()) return late("DEADLINE_EXCEEDED", "The deadline passed before Shopee responded.");
  return late("WRITE_OUTCOME_UNKNOWN", UnknownOutcomeText("the deadline passed before Shopee responded"));
}

AttemptResult WithoutAnswer(const OutgoingCall& call, const transport::HttpResult& result) {
  const bool timed_out = result.failure == HttpFailure::kTimedOut;
  if (!call.repeatable()) {
    return HasUnknownOutcome(call, timed_out ? UnknownOutcome::kNoAnswer : UnknownOutcome::kAnswerLost,
                             result.detail);
  }
  return Failed(call, Code::kUnavailable, "UPSTREAM_NO_ANSWER",
                absl::StrCat("No complete response from Shopee: ", result.detail), RetryClass::kRetryRead);
}

// The caller has received part of the file, so nothing can be retried.
AttemptResult FileBroken(const OutgoingCall& call, const transport::HttpResult& result) {
  if (result.failure == HttpFailure::kBodyTooLarge) return AnswerTooLarge(call, result.detail, kBodyLimit);
  return Failed(
      call, Code::kUnavailable, "UPSTREAM_NO_ANSWER",
      absl::StrCat("The file broke off after ", result.response.sunk_bytes, " bytes: ", result.detail));
}

AttemptResult InTime(const OutgoingCall& call, const transport::HttpResult& result) {
  const bool stopped = result.failure == HttpFailure::kStopped;
  if (result.response.sunk_bytes > 0 && !stopped) return FileBroken(call, result);
  switch (result.failure) {
    case HttpFailure::kStopped:
    case HttpFailure::kStoppedUnsent:
      return Failed(call, Code::kCancelled, "CANCELLED", "The caller cancelled the call.");
    case HttpFailure::kLocalFault:
      return Failed(call, Code::kInternal, "SIDECAR_FAULT",
                    absl::StrCat("Not sent: the sidecar could not make the request: ", result.detail));
    case HttpFailure::kNotSent:
    case HttpFailure::kNotSentInTime:
    case HttpFailure::kTooLateToSend:
      return Failed(call, Code::kUnavailable, "UPSTREAM_UNREACHABLE",
                    absl::StrCat("Not sent: no connection to Shopee: ", result.detail),
                    RetryClass::kRetryRead);
    case HttpFailure::kBodyTooLarge:
      return AnswerTooLarge(call, result.detail, call.wants_file() ? kBodyLimit : kJsonLimit);
    case HttpFailure::kAnswerDropped:
      return AnswerDropped(call, result.detail);
    default:
      return WithoutAnswer(call, result);
  }
}

}  // namespace

google::rpc::Status LocalFailure(const OutgoingCall& call, Code code, absl::string_view reason,
                                 absl::string_view message) {
  return errors::Local(code, reason, message, call.endpoint.operation, call.owner.kind);
}

AttemptResult ClassifyNoAnswer(const OutgoingCall& call, const transport::HttpResult& result, bool late) {
  AttemptResult attempt_result = late ? Late(call, result) : InTime(call, result);
  const Meaning meaning = MeaningOf(result.failure);
  attempt_result.outcome = meaning.outcome;
  attempt_result.for_limits = meaning.for_limits;
  // A stop at the deadline is the same as the transport's timeout, which may come a moment later.
  if (late && meaning.for_limits == limits::Outcome::kCallerLeft)
    attempt_result.for_limits = limits::Outcome::kTimedOut;
  return attempt_result;
}

// Shopee's state shows what a write has done; a read would fail the same way again.
AttemptResult AnswerTooLarge(const OutgoingCall& call, absl::string_view detail, absl::string_view setting) {
  const std::string text = absl::StrCat("the response is too large: ", detail, " (", setting, ")");
  AttemptResult attempt_result = call.repeatable()
                                     ? Failed(call, Code::kInternal, "ANSWER_TOO_LARGE", Sentence(text))
                                     : HasUnknownOutcome(call, UnknownOutcome::kAnswerLost, text);
  attempt_result.outcome = AttemptOutcome::kTooLarge;
  return attempt_result;
}

AttemptResult AnswerDropped(const OutgoingCall& call, absl::string_view detail) {
  const std::string text = absl::StrCat("a large response of Shopee was dropped: ", detail);
  AttemptResult attempt_result =
      call.repeatable() ? Failed(call, Code::kResourceExhausted, "SIDECAR_OVERLOADED", Sentence(text))
                        : HasUnknownOutcome(call, UnknownOutcome::kAnswerLost, text);
  attempt_result.outcome = AttemptOutcome::kOverloaded;
  return attempt_result;
}

}  // namespace firstmile::gateway
