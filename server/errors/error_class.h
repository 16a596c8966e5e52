// What an upstream answer means: its reason by the table of Shopee's codes and texts (vendor_codes.md), and
// gRPC code, retry and remedy by the table of reasons (reasons.h).
//
// Pure functions over constant data; safe from any thread.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace firstmile::errors {

// Canonical gRPC codes; the numbers are gRPC's.
enum class Code {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kInternal = 13,
  kUnavailable = 14,
  kUnauthenticated = 16,
};

// What the sidecar may do about a failure by itself.
enum class RetryClass {
  kNone,          // give the answer to the caller
  kRefreshToken,  // refresh the access token once, then try once more
  kBackOff,       // this shop only, then try again within the deadline (rate limit)
  kCorrectClock,  // learn Shopee's time, then sign and send again, once
  kRetryRead,     // try again if the call changes nothing, or nothing more the second time
};

// What is known of an answer that is not a success.
struct UpstreamFailure {
  std::string vendor_code = "";  // empty when the body was no envelope
  std::string vendor_message = "";
  std::string request_id = "";
  int http_status = 0;                                       // 0 when no answer came
  std::optional<absl::Duration> retry_after = std::nullopt;  // that its header asks for
};

struct ErrorClass {
  Code code = Code::kOk;
  absl::string_view reason = "";  // UPPER_SNAKE, goes into ErrorInfo
  RetryClass retry_class = RetryClass::kNone;
  absl::string_view remedy = "";  // one sentence; empty: that of the reason
  std::optional<absl::Duration> retry_after = std::nullopt;

  // False when the answer carries a code that the table does not have, or no code and an HTTP status that
  // says nothing: the rest is a guess from the HTTP status then.
  bool known = true;
};

// Classifies an answer that carries an error code, or no readable envelope (vendor_code empty, then by HTTP
// status). `now` serves the daily quota, which ends at 00:00 UTC+8.
ErrorClass ClassifyError(const UpstreamFailure& failure, absl::Time now);

// An error class with the row of the table that decided.
struct Explanation {
  ErrorClass error_class;
  absl::string_view row_code;         // lower-case; empty when the HTTP status decided
  absl::string_view row_text;         // the fragment that the text must contain; empty fits every text
  absl::string_view row_http_status;  // as the table writes it, "5xx"; empty when a code decided
  absl::string_view section;          // the heading above the row
};

// The same for people. `http_status` 0: no answer came.
Explanation Explain(absl::string_view vendor_code, absl::string_view vendor_message, int http_status,
                    absl::Time now);

// True for the code that says that every element of a batch failed: its payload tells the outcomes, the call
// is OK.
bool IsAllFailedBatch(absl::string_view vendor_code);

// True for the codes, of whatever module, that say that Shopee waited too long for a part of its own: what
// was asked may be under way, or done and not yet visible (split_order).
bool IsUnderWay(absl::string_view vendor_code);

}  // namespace firstmile::errors
