#include "read_back/read_back_texts.h"

#include "absl/strings/str_cat.h"
#include "errors/failure.h"
#include "errors/reasons.h"
#include "errors/status.h"

namespace firstmile::read_back {
namespace {

void Restate(absl::string_view reason, absl::string_view what, const char* remedy, v1::Failure* failure) {
  const std::string said = failure->message().empty() ? std::string("Shopee's response did not mention it")
                                                      : absl::StrCat("Shopee said: ", failure->message());
  const errors::Reason& known = *errors::FindReason(reason);
  const v1::Failure retold =
      errors::FailureOf(errors::Local(known.code, reason, absl::StrCat(what, "; ", said), ""));
  failure->set_message(retold.message());
  failure->set_code(retold.code());
  failure->set_reason(retold.reason());
  failure->set_remedy(remedy);
  failure->clear_retry_delay();
  if (retold.has_retry_delay()) *failure->mutable_retry_delay() = retold.retry_delay();
}

}  // namespace

google::rpc::Status NotApplied(const gateway::CallReport& report, const std::string& operation) {
  google::rpc::Status status = errors::Local(
      errors::Code::kUnavailable, "WRITE_NOT_APPLIED",
      absl::StrCat("The write had no effect (Shopee's state was read twice); it is safe to repeat. "
                   "First attempt: ",
                   report.cause),
      operation);
  const auto add = [&status](const char* key, const std::string& value) {
    if (!value.empty()) errors::AddMetadata(key, value, &status);
  };
  add("vendorCode", report.vendor_code);
  add("requestId", report.request_id);
  add("httpStatus", report.http_status == 0 ? "" : absl::StrCat(report.http_status));
  return status;
}

google::rpc::Status NotReadInTime(const std::string& operation) {
  return errors::Local(errors::Code::kDeadlineExceeded, "WRITE_OUTCOME_UNKNOWN",
                       gateway::UnknownOutcomeText("the deadline passed while the sidecar read the state"),
                       operation);
}

void SetFailureNotApplied(v1::Failure* failure) {
  Restate("WRITE_NOT_APPLIED", "The element had no effect (Shopee's state was read twice)",
          "Send the element again: it is safe.", failure);
}

void SetFailureUnknown(v1::Failure* failure) {
  Restate("WRITE_OUTCOME_UNKNOWN", "The outcome of the element is unknown",
          "Read the state before you send the element again.", failure);
}

}  // namespace firstmile::read_back
