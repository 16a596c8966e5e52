// The kinds of failure that the sidecar tells apart, and what each means for the caller and for the retry.
//
// Pure functions over constant data; safe from any thread.
#pragma once

#include "absl/strings/string_view.h"
#include "errors/verdict.h"

namespace firstmile::errors {

enum class FailureClass {
  kTokenRejected,
  kReauthorize,
  kAccessDenied,
  kSellerNotRegistered,
  kAccountBanned,
  kAddressUndeclared,
  kApiOffline,
  kPartnerMisconfigured,
  kClockSkew,
  kEndpointMissing,
  kRateLimited,
  kDailyQuota,
  kInvalidArgument,
  kNotFound,
  kWrongState,
  kBatchAllFailed,
  kSystemError,
  kUnreachable,
  kUnreadable,
  kUnknown,
};

struct ClassTraits {
  FailureClass failure;
  Code code;
  absl::string_view reason;
  Recovery recovery;
  absl::string_view remedy;
};

const ClassTraits& TraitsOf(FailureClass failure);

}  // namespace firstmile::errors
