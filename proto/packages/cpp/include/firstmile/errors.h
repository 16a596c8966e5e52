// What a failed call tells besides its status code and message. Everything here may be used from any thread.
#pragma once

#include <grpcpp/support/status.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "firstmile/v1/common.pb.h"
#include "firstmile/v1/error_reason.pb.h"

namespace firstmile {

// One fault of the request.
struct FieldViolation {
  std::string field;
  std::string description;
};

struct ErrorDetails {
  // UNSPECIFIED also for a reason that this version of the package does not know.
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;

  // For example operation, vendorCode, requestId, httpStatus, remedy, authorizationUrl.
  std::map<std::string, std::string> metadata;

  // Absent when waiting does not help, or no time is known.
  std::optional<std::chrono::nanoseconds> retry_delay;

  // Only with ERROR_REASON_REQUEST_INVALID.
  std::vector<FieldViolation> field_violations;
};

// A status without details, of another origin, or with bytes that are no message, gives empty ones.
ErrorDetails ErrorDetailsOf(const grpc::Status& status);

// The status code as the specification of gRPC writes it, for example NOT_FOUND; its number when gRPC has
// none such.
std::string CodeName(const grpc::Status& status);

// The reason without its prefix, for example NOT_FOUND; its number when this version of the package does not
// know it.
std::string ReasonName(v1::ErrorReason reason);

// The reason without its prefix, then the faults of the request: "REQUEST_INVALID: order_sn must not be
// empty".
std::string Described(const ErrorDetails& details);

// What became of one order of a batch: the order, its state, and of a failure the reason and Shopee's text.
std::string Described(const v1::OrderOutcome& outcome);

}  // namespace firstmile
