#include "errors/status.h"

#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "errors/reasons.h"
#include "errors/secret_parameters.h"
#include "google/rpc/error_details.pb.h"
#include "text/clean_text.h"

namespace firstmile::errors {
namespace {

// Violations that the message repeats; the details carry all.
constexpr std::size_t kViolationsInMessage = 5;

std::string VendorText(const UpstreamFailure& failure) {
  return text::CleanText(WithoutSecretParameters(failure.vendor_message), kVendorTextMax);
}

std::string UpstreamMessage(const UpstreamFailure& failure) {
  if (failure.vendor_code.empty() && failure.http_status == 0) {
    return failure.vendor_message.empty() ? "No response came from Shopee." : VendorText(failure);
  }
  if (failure.vendor_code.empty()) {
    const std::string what = absl::StrCat("HTTP ", failure.http_status, " from Shopee");
    return failure.vendor_message.empty() ? absl::StrCat(what, ", with no error code and no text.")
                                          : absl::StrCat(what, ": ", VendorText(failure));
  }
  const std::string code = text::CleanText(failure.vendor_code, kVendorCodeMax);
  if (failure.vendor_message.empty()) return absl::StrCat("Shopee refused the call with ", code, ".");
  return absl::StrCat(code, ": ", VendorText(failure));
}

// `remedy`: in place of that of the reason; empty: that one.
google::rpc::ErrorInfo Info(absl::string_view reason, absl::string_view operation,
                            subjects::SubjectKind caller, absl::string_view remedy = "") {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(kDomain));
  if (!operation.empty()) (*info.mutable_metadata())["operation"] = std::string(operation);
  const Reason* known = FindReason(reason);
  if (remedy.empty() && known != nullptr) remedy = known->remedy;
  if (!remedy.empty()) (*info.mutable_metadata())["remedy"] = RemedyFor(caller, remedy);
  return info;
}

// Packing fails beyond 2 GiB only, and a detail's texts are bounded.
void Pack(const google::protobuf::Message& detail, google::protobuf::Any* any) {
  static_cast<void>(any->PackFrom(detail));
}

google::rpc::Status Make(Code code, absl::string_view message, const google::rpc::ErrorInfo& info) {
  google::rpc::Status status;
  status.set_code(static_cast<std::int32_t>(code));
  status.set_message(text::CleanText(message, kMessageMax));
  Pack(info, status.add_details());
  const Reason* reason = FindReason(info.reason());
  const bool waiting_helps =
      reason != nullptr && reason->retry_hint == RetryHint::kAlways && reason->code == code;
  if (waiting_helps) SetRetryInfo(reason->pause, &status);
  return status;
}

}  // namespace

std::string RemedyFor(subjects::SubjectKind caller, absl::string_view remedy) {
  constexpr absl::string_view kShop = "shop";
  const auto is_letter = [&](std::size_t at) {
    return at < remedy.size() && absl::ascii_isalpha(static_cast<unsigned char>(remedy[at]));
  };
  std::string text;
  for (std::size_t at = 0; at < remedy.size();) {
    const bool word = absl::StartsWith(remedy.substr(at), kShop) && (at == 0 || !is_letter(at - 1)) &&
                      !is_letter(at + kShop.size());
    absl::StrAppend(&text, word ? subjects::WordOf(caller) : remedy.substr(at, 1));
    at += word ? kShop.size() : 1;
  }
  return text;
}

void SetRetryInfo(absl::Duration pause, google::rpc::Status* status) {
  RemoveRetryInfo(status);
  absl::Duration rest;
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(absl::IDivDuration(pause, absl::Seconds(1), &rest));
  info.mutable_retry_delay()->set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(rest)));
  Pack(info, status->add_details());
}

void RemoveRetryInfo(google::rpc::Status* status) {
  auto& details = *status->mutable_details();
  for (int i = details.size() - 1; i >= 0; --i) {
    if (details[i].Is<google::rpc::RetryInfo>()) details.DeleteSubrange(i, 1);
  }
}

void AddMetadata(const std::string& key, const std::string& value, google::rpc::Status* status) {
  google::rpc::ErrorInfo info;
  for (auto& detail : *status->mutable_details()) {
    if (!detail.UnpackTo(&info)) continue;
    (*info.mutable_metadata())[key] = value;
    Pack(info, &detail);
    return;
  }
}

google::rpc::Status FromUpstream(const ErrorClass& error_class, const UpstreamFailure& failure,
                                 absl::string_view operation, subjects::SubjectKind caller) {
  google::rpc::ErrorInfo info = Info(error_class.reason, operation, caller, error_class.remedy);
  const auto add = [&info](const char* key, std::string value) {
    if (!value.empty()) (*info.mutable_metadata())[key] = std::move(value);
  };
  add("vendorCode", text::CleanText(failure.vendor_code, kVendorCodeMax));
  add("requestId", text::CleanText(failure.request_id, kVendorCodeMax));
  add("httpStatus", failure.http_status == 0 ? "" : absl::StrCat(failure.http_status));
  google::rpc::Status status = Make(error_class.code, UpstreamMessage(failure), info);
  if (error_class.retry_after.has_value()) SetRetryInfo(*error_class.retry_after, &status);
  return status;
}

google::rpc::Status Local(Code code, absl::string_view reason, absl::string_view message,
                          absl::string_view operation, subjects::SubjectKind caller) {
  return Make(code, message, Info(reason, operation, caller));
}

google::rpc::Status InvalidRequest(const std::vector<Violation>& violations, absl::string_view operation) {
  google::rpc::BadRequest details;
  std::string message = "Not sent: ";
  for (std::size_t i = 0; i < violations.size(); ++i) {
    google::rpc::BadRequest::FieldViolation* violation = details.add_field_violations();
    violation->set_field(violations[i].field);
    violation->set_description(violations[i].description);
    if (i >= kViolationsInMessage) continue;
    absl::StrAppend(&message, i == 0 ? "" : "; ", violations[i].field, ": ", violations[i].description);
  }
  if (violations.size() > kViolationsInMessage) {
    absl::StrAppend(&message, "; and ", violations.size() - kViolationsInMessage, " more");
  }
  google::rpc::Status status =
      Make(Code::kInvalidArgument, message, Info("REQUEST_INVALID", operation, subjects::SubjectKind::kShop));
  Pack(details, status.add_details());
  return status;
}

}  // namespace firstmile::errors
