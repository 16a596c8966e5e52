#include "errors/failure.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "errors/error_page.h"
#include "errors/secret_parameters.h"
#include "errors/status.h"
#include "errors/vendor_codes.h"
#include "google/rpc/error_details.pb.h"
#include "text/clean_text.h"

namespace firstmile::errors {
namespace {

// The codes that single calls give with the texts that elements of batches have without a code.
constexpr absl::string_view kCodesOfBareTexts[] = {"logistics.invalid_error", "error_other"};

// Of a text without a code. Only what the table says of this very text counts.
ErrorClass ClassifyBareText(UpstreamFailure refusal, absl::Time now) {
  for (const absl::string_view code : kCodesOfBareTexts) {
    const ErrorRow* row = VendorCodes().Find(code, refusal.vendor_message);
    if (row == nullptr || row->text.empty()) continue;
    refusal.vendor_code = std::string(code);
    return ClassifyError(refusal, now);
  }
  return {.code = Code::kUnknown, .reason = kUnknownReason};
}

std::string Take(const google::rpc::ErrorInfo& info, const char* key) {
  const auto found = info.metadata().find(key);
  return found == info.metadata().end() ? "" : found->second;
}

void TakeInfo(const google::rpc::ErrorInfo& info, v1::Failure* failure) {
  failure->set_reason(ReasonOf(info.reason()));
  failure->set_vendor_code(Take(info, "vendorCode"));
  failure->set_request_id(Take(info, "requestId"));
  failure->set_remedy(Take(info, "remedy"));
  failure->set_authorization_url(Take(info, "authorizationUrl"));
  std::int32_t http_status = 0;
  if (absl::SimpleAtoi(Take(info, "httpStatus"), &http_status)) failure->set_http_status(http_status);
  // FromUpstream writes them together.
  absl::string_view text = failure->message();
  const bool with_text = !failure->vendor_code().empty() &&
                         absl::ConsumePrefix(&text, absl::StrCat(failure->vendor_code(), ": "));
  if (with_text) failure->set_vendor_message(std::string(text));
}

}  // namespace

v1::ErrorReason ReasonOf(absl::string_view name) {
  const Reason* reason = FindReason(name);
  return reason == nullptr ? v1::ERROR_REASON_UNSPECIFIED : reason->value;
}

v1::Failure FailureOf(const google::rpc::Status& status) {
  v1::Failure failure;
  failure.set_code(static_cast<v1::CanonicalCode>(status.code()));
  failure.set_message(status.message());
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  google::rpc::BadRequest bad_request;
  for (const google::protobuf::Any& detail : status.details()) {
    if (detail.UnpackTo(&info)) {
      TakeInfo(info, &failure);
    } else if (detail.UnpackTo(&retry)) {
      *failure.mutable_retry_delay() = retry.retry_delay();
    } else if (detail.UnpackTo(&bad_request)) {
      for (const auto& violation : bad_request.field_violations()) {
        v1::FieldViolation* told = failure.add_field_violations();
        told->set_field(violation.field());
        told->set_description(violation.description());
      }
    }
  }
  return failure;
}

v1::Failure FailureOfElement(const UpstreamFailure& refusal, absl::Time now) {
  const std::string text = text::CleanText(WithoutSecretParameters(refusal.vendor_message), kVendorTextMax);
  const ErrorClass error_class = refusal.vendor_code.empty() ? ClassifyBareText({.vendor_message = text}, now)
                                                             : ClassifyError(refusal, now);
  v1::Failure failure = FailureOf(FromUpstream(error_class, refusal, ""));
  if (refusal.vendor_code.empty()) {
    failure.set_message(text.empty() ? "Shopee refused this element and gave no reason." : text);
  }
  failure.set_vendor_message(text);
  return failure;
}

bool LeavesOutcomeUnknown(v1::ErrorReason reason) {
  const auto reasons = Reasons();
  return std::any_of(reasons.begin(), reasons.end(), [reason](const Reason& known) {
    const bool sent = known.decided_by != DecidedBy::kBeforeSending;
    return known.value == reason && known.retry_class == RetryClass::kRetryRead && sent;
  });
}

}  // namespace firstmile::errors
