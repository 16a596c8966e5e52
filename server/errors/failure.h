// A failure as a value of the contract: in frames of streams and elements of batches.
//
// Pure functions; safe from any thread. No function here takes a secret.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "errors/error_class.h"
#include "firstmile/v1/failure.pb.h"

namespace google::rpc {
class Status;
}

namespace firstmile::errors {

// The value of a reason's name, for example RATE_LIMITED; UNSPECIFIED for a name that the contract lacks.
v1::ErrorReason ReasonOf(absl::string_view name);

// What a status of status.h says, its details included.
v1::Failure FailureOf(const google::rpc::Status& status);

// Why Shopee refused an element of a batch; `refusal` has the element's code and text, and the answer's
// id and HTTP status. Some batches give a text without a code.
v1::Failure FailureOfElement(const UpstreamFailure& refusal, absl::Time now);

// True for the reasons of failures after which a write may have happened all the same: trouble inside
// Shopee, or on the way.
bool LeavesOutcomeUnknown(v1::ErrorReason reason);

}  // namespace firstmile::errors
