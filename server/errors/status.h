// Builds every error of the sidecar: a google.rpc.Status with ErrorInfo, RetryInfo and BadRequest details.
// Unless a function is given something better, the remedy and the RetryInfo are those of the reason
// (reasons.h).
//
// Pure functions; safe from any thread. No function here takes a secret.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "errors/error_class.h"
#include "google/rpc/status.pb.h"
#include "subjects/subject.h"

namespace firstmile::errors {

// Domain of every ErrorInfo that the sidecar sends.
inline constexpr absl::string_view kDomain = "firstmile";

// Most bytes of Shopee's text, and of a code or id of its, that go into a status; longer ones are cut.
// gRPC's clients take 8 KiB of trailers, in which the message stands twice and grows threefold when it is not
// ASCII.
inline constexpr std::size_t kVendorTextMax = 1024;
inline constexpr std::size_t kVendorCodeMax = 128;

// Most bytes of a whole message. No message holds what a terminal would obey.
inline constexpr std::size_t kMessageMax = 1536;

// Shopee refused, or gave no usable answer. Metadata: vendorCode, httpStatus, requestId, operation,
// remedy, each left out when empty. `operation` is "Service/Method". A text of Shopee is part of the
// message. Remedies are written for shops; where a merchant is the caller, the remedy speaks of the merchant.
google::rpc::Status FromUpstream(const ErrorClass& error_class, const UpstreamFailure& failure,
                                 absl::string_view operation,
                                 subjects::SubjectKind caller = subjects::SubjectKind::kShop);

// A remedy, which is written for shops, in the words of the caller: each word "shop" becomes the caller's
// own.
std::string RemedyFor(subjects::SubjectKind caller, absl::string_view remedy);

// A failure of the sidecar's own making, for example DEADLINE_EXCEEDED.
google::rpc::Status Local(Code code, absl::string_view reason, absl::string_view message,
                          absl::string_view operation,
                          subjects::SubjectKind caller = subjects::SubjectKind::kShop);

// Adds to the metadata of the ErrorInfo of a status from above.
void AddMetadata(const std::string& key, const std::string& value, google::rpc::Status* status);

// Sets the RetryInfo: after which pause it makes sense to call again.
void SetRetryInfo(absl::Duration pause, google::rpc::Status* status);

// For a failure that the same call cannot mend, although its reason mostly passes.
void RemoveRetryInfo(google::rpc::Status* status);

struct Violation {
  std::string field;        // path in the request message, for example order_list[3].order_sn
  std::string description;  // what is wrong and what to give instead
};

// INVALID_ARGUMENT with BadRequest; the message repeats the violations for people. `violations` is not empty.
google::rpc::Status InvalidRequest(const std::vector<Violation>& violations, absl::string_view operation);

}  // namespace firstmile::errors
