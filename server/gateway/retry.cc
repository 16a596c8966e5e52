// What a gateway does between two attempts of a call.
#include <algorithm>

#include "errors/status.h"
#include "gateway/gateway.h"
#include "transport/stoppable_event.h"

namespace firstmile::gateway {
namespace {

using errors::Code;
using errors::RetryClass;

// Most rate-limited attempts of one call; each waits for a new permit.
constexpr int kRateLimitedMax = 8;

// A longer pause requested by Shopee is passed to the caller as its retry delay.
constexpr absl::Duration kAskedPauseMax = absl::Minutes(1);

}  // namespace

async::Task<bool> Gateway::Recover(OutgoingCall& call, const AttemptResult& attempt_result,
                                   CallReport* report) {
  switch (attempt_result.retry_class) {
    case RetryClass::kNone:
      co_return false;
    case RetryClass::kRefreshToken:
      co_return co_await ReplaceToken(call, report);
    case RetryClass::kCorrectClock:
      co_return CorrectClock(call, attempt_result.date);
    case RetryClass::kBackOff:  // the limiter delays it
      ++call.rate_limited;
      co_return call.rate_limited < kRateLimitedMax&& options_.attempts_max > 1;
    case RetryClass::kRetryRead:
      co_return co_await BackOff(call, attempt_result.asked_pause.value_or(absl::ZeroDuration()), report);
  }
}

async::Task<bool> Gateway::BackOff(OutgoingCall& call, absl::Duration asked_pause, CallReport* report) {
  const int counted = call.attempts - call.rate_limited;
  if (!call.repeatable() || counted >= options_.attempts_max || asked_pause > kAskedPauseMax) co_return false;
  // Full jitter, so that callers that failed together do not retry together.
  const absl::Duration wait = asked_pause + BackoffBound(call.attempts) * absl::Uniform(random_, 0.0, 1.0);
  const transport::MonotonicTime start = parts_.loop.clock().Monotonic();
  const auto due = start + absl::ToChronoNanoseconds(wait);
  if (due >= call.context.deadline) co_return false;
  if (!parts_.limits.TakeRetry(call.owner)) {
    parts_.metrics.CountRetryDenied();
    co_return false;
  }
  const bool waited = co_await transport::SleepUntil(parts_.loop, due, call.context.stop);
  call.waited += absl::FromChrono(parts_.loop.clock().Monotonic() - start);
  if (!waited) report->status = StoppedWaiting(call, "its next attempt");
  co_return waited;
}

absl::Duration Gateway::BackoffBound(int attempts) const {
  absl::Duration bound = options_.backoff_initial;
  for (int i = 1; i < attempts && bound < options_.backoff_max; ++i) bound *= 2;
  return std::min(bound, options_.backoff_max);
}

bool Gateway::CorrectClock(OutgoingCall& call, const std::string& date) {
  if (call.clock_corrected) return false;
  call.clock_corrected =
      parts_.signer.clock().Learn(date, call.sent_at, parts_.loop.clock().Now(), call.signed_for);
  return call.clock_corrected;
}

async::Task<bool> Gateway::ReplaceToken(OutgoingCall& call, CallReport* report) {
  const bool has_no_token = call.owner.kind == subjects::SubjectKind::kPartner;
  if (has_no_token || call.token_replaced || call.context.access_token.has_value()) co_return false;
  tokens::TokenAnswer answer =
      co_await parts_.tokens.Replace(call.owner, call.subject.access_token, call.context.stop);
  if (answer.refusal.has_value()) {
    // UNAUTHENTICATED: the token manager knows no more than Shopee, whose own words stay the answer.
    const bool as_shopee_said = answer.refusal->code == Code::kUnauthenticated;
    if (!as_shopee_said) report->status = RefuseForToken(call, *answer.refusal);
    if (as_shopee_said && answer.refusal->retry_after.has_value())
      errors::SetRetryInfo(*answer.refusal->retry_after, &report->status);
    co_return false;
  }
  call.subject.access_token = std::move(answer.access_token);
  call.token_replaced = true;
  co_return true;
}

}  // namespace firstmile::gateway
