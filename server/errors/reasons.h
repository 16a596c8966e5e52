// The facts of each reason, the same wherever it is made: statuses, failures, the table of Shopee's codes and
// the page server/docs/errors.md take them from here.
//
// Immutable; safe from any thread. What is returned lives as long as the program.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "errors/error_class.h"
#include "firstmile/v1/error_reason.pb.h"

namespace firstmile::errors {

// Whose decision a reason is, and whether Shopee has seen the call by then.
enum class DecidedBy {
  kShopee,                 // its answer
  kShopeeOrBeforeSending,  // its answer, or what the sidecar has learned from earlier ones
  kBeforeSending,          // the sidecar; the call had no effect
  kBeforeOrAfterSending,   // the sidecar; a write among them had no effect
  kAfterSending,           // the sidecar
  kTokenCall,              // the answer to a refresh or a login; the call that waits for it had no effect
  kLocal,                  // the sidecar; the call is none of Shopee's
};

// Whether a status with the reason has a RetryInfo: always where waiting helps.
enum class RetryHint {
  kNever,
  kSometimes,         // when the failure itself knows how long
  kAlways,            // Reason::pause, unless the failure knows a better time
  kUntilQuotaRenews,  // always: until 00:00 UTC+8
};

struct Reason {
  v1::ErrorReason value = v1::ERROR_REASON_UNSPECIFIED;
  absl::string_view name = "";  // UPPER_SNAKE, as in ErrorInfo
  Code code = Code::kUnknown;
  Code other_code = Code::kOk;  // with it there is no RetryInfo; kOk: there is no other
  DecidedBy decided_by = DecidedBy::kShopee;
  RetryClass retry_class = RetryClass::kNone;
  RetryHint retry_hint = RetryHint::kNever;
  absl::Duration pause = absl::ZeroDuration();  // kAlways only
  absl::string_view remedy = "";                // one sentence; speaks of shops
};

// All of the contract but UNSPECIFIED, in its order.
absl::Span<const Reason> Reasons();

// The reason of a name, for example RATE_LIMITED; null for a name that the contract lacks.
const Reason* FindReason(absl::string_view name);

}  // namespace firstmile::errors
