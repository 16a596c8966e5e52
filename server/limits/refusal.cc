#include "limits/refusal.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace firstmile::limits {
namespace {

using errors::Code;

// The retry delay when the sidecar is overloaded.
constexpr absl::Duration kOverloadPause = absl::Seconds(1);

std::string Readable(absl::Duration time) {
  return absl::FormatDuration(absl::Trunc(time, absl::Milliseconds(1)));
}

std::string TurnComesTooLate(absl::Duration wait) {
  return absl::StrCat("the turn of this call would come in ", Readable(wait), ", after its deadline.");
}

}  // namespace

Refusal StoppedWaiting() {
  return {Code::kCancelled, kStoppedWaiting, "Not sent: cancelled while the call waited for its turn.",
          std::nullopt};
}

Refusal TimeIsUp() {
  return {Code::kDeadlineExceeded, kDeadlineExceeded,
          "Not sent: the deadline passed while the call waited for its turn.", std::nullopt};
}

Refusal CircuitOpen(int failures, std::optional<absl::Duration> next_probe, absl::Duration pause) {
  const std::string next = next_probe.has_value()
                               ? absl::StrCat("the next probe leaves in ", Readable(*next_probe))
                               : std::string("a probe is on its way");
  return {Code::kUnavailable, kUpstreamCircuitOpen,
          absl::StrCat("Not sent: the circuit breaker is open after ", failures,
                       " consecutive failures of Shopee's host; ", next, "."),
          next_probe.value_or(pause)};
}

Refusal QuotaUsedUp(absl::string_view operation, absl::Time until, absl::Duration wait) {
  return {Code::kResourceExhausted, kDailyQuota,
          absl::StrCat("Not sent: Shopee's daily quota of ", operation, " is used up until ",
                       absl::FormatTime("%H:%M UTC%Ez", until, absl::FixedTimeZone(8 * 3600)), "."),
          wait};
}

Refusal TooManyWait(std::size_t waiting) {
  return {Code::kResourceExhausted, kSidecarOverloaded,
          absl::StrCat("Not sent: ", waiting, " calls already wait for their turn, the most that may."),
          kOverloadPause};
}

Refusal TooManyWaitForOperation(absl::string_view operation, SubjectKind caller, std::size_t waiting) {
  return {Code::kResourceExhausted, kSidecarOverloaded,
          absl::StrCat("Not sent: ", waiting, " calls of ", operation, " for this ", subjects::WordOf(caller),
                       " already wait for their turn, the most that may."),
          kOverloadPause};
}

Refusal TooManyShops(std::size_t shops) {
  return {Code::kResourceExhausted, kSidecarOverloaded,
          absl::StrCat("Not sent: calls of ", shops,
                       " pairs of shop (or merchant) and operation are in progress, the most that may."),
          kOverloadPause};
}

Refusal RateRefusal(absl::string_view operation, SubjectKind caller, double rate, absl::Duration wait) {
  return {
      Code::kResourceExhausted, kRateLimited,
      absl::StrFormat("Not sent: the sidecar limits %s to %.3g calls per second for this %s at present; %s",
                      operation, rate, subjects::WordOf(caller), TurnComesTooLate(wait)),
      wait};
}

Refusal SubjectRefusal(SubjectKind caller, int in_flight, absl::Duration duration, absl::Duration wait) {
  return {Code::kResourceExhausted, kConcurrencyLimited,
          absl::StrCat("Not sent: this ", subjects::WordOf(caller), " has ", in_flight,
                       " calls at Shopee that take ", Readable(duration),
                       " each (limits.max_in_flight_per_shop bounds them); ", TurnComesTooLate(wait)),
          wait};
}

Refusal ConnectionsRefusal(std::size_t in_flight, absl::Duration duration, absl::Duration wait) {
  return {Code::kResourceExhausted, kConcurrencyLimited,
          absl::StrCat("Not sent: all connections to Shopee for calls of this kind are in use "
                       "(upstream.max_connections), by ",
                       in_flight, " calls that take ", Readable(duration), " each; ", TurnComesTooLate(wait)),
          wait};
}

}  // namespace firstmile::limits
