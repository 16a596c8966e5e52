#include "tokens/token_refusals.h"

#include "absl/strings/str_cat.h"
#include "errors/secret_parameters.h"
#include "errors/status.h"
#include "text/clean_text.h"
#include "tokens/auth_client.h"

namespace firstmile::tokens {
namespace {

using errors::Code;

constexpr absl::string_view kLastingReasons[] = {kNoAccessToken, "AUTHORIZATION_REQUIRED",
                                                 "TOKEN_NOT_RENEWABLE", "TOKEN_REJECTED", "TOKEN_UNREADABLE"};

std::string VendorWords(const errors::UpstreamFailure& failure) {
  std::string text =
      text::CleanText(errors::WithoutSecretParameters(failure.vendor_message), errors::kVendorTextMax);
  if (failure.vendor_code.empty()) return text;
  return absl::StrCat(text::CleanText(failure.vendor_code, errors::kVendorCodeMax), ": ", text);
}

}  // namespace

bool IsLasting(const TokenRefusal& refusal) {
  for (const absl::string_view reason : kLastingReasons) {
    if (refusal.reason == reason) return true;
  }
  return false;
}

TokenRefusal UnknownSubject(Subject subject) {
  return {.code = Code::kFailedPrecondition,
          .reason = std::string(kNoAccessToken),
          .message = absl::StrCat("No token is stored for ", NameOf(subject),
                                  ". Let its seller log in (AuthService.GetAuthorizationUrl, then "
                                  "ExchangeCode), import its tokens (AuthService.ImportTokens), or send a "
                                  "token in the metadata x-shopee-access-token.")};
}

TokenRefusal AuthorizationRequired(const TokenRecord& record, const std::string& url) {
  const std::string why = record.authorization_required.has_value()
                              ? absl::StrCat(" (", record.authorization_required->reason, "; ",
                                             record.authorization_required->detail, ")")
                              : "";
  const std::string where =
      url.empty() ? "to the address that AuthService.GetAuthorizationUrl gives" : absl::StrCat("to ", url);
  return {
      .code = Code::kFailedPrecondition,
      .reason = "AUTHORIZATION_REQUIRED",
      .message = absl::StrCat("The seller of ", NameOf(record.subject), " must log in again", why,
                              ". Send the seller ", where, " and pass the code to AuthService.ExchangeCode."),
      .authorization_url = url};
}

TokenRefusal NotRenewable(Subject subject) {
  return {.code = Code::kUnauthenticated,
          .reason = "TOKEN_NOT_RENEWABLE",
          .message = absl::StrCat("The access token of ", NameOf(subject),
                                  " has expired or was refused, and there is no refresh token. Import a new "
                                  "pair (AuthService.ImportTokens), or let the seller log in "
                                  "(AuthService.GetAuthorizationUrl).")};
}

TokenRefusal FreshTokenRejected(Subject subject, absl::Duration wait) {
  return {.code = Code::kUnauthenticated,
          .reason = "TOKEN_REJECTED",
          .message = absl::StrCat("Shopee rejected a token of ", NameOf(subject),
                                  " that it issued a moment ago. Retry in ",
                                  absl::FormatDuration(absl::Ceil(wait, absl::Seconds(1))),
                                  "; if this persists, the seller must log in again."),
          .retry_after = wait};
}

TokenRefusal StoreFailed(Subject subject, const absl::Status& status) {
  const bool unreadable = absl::IsDataLoss(status) || absl::IsNotFound(status);
  if (!unreadable) return StoreFailed(status);
  return {.code = Code::kFailedPrecondition,
          .reason = "TOKEN_UNREADABLE",
          .message = absl::StrCat("The stored tokens of ", NameOf(subject),
                                  " cannot be read: ", absl::string_view(status.message()))};
}

TokenRefusal StoreFailed(const absl::Status& status) {
  return {.code = Code::kUnavailable,
          .reason = "TOKEN_STORE_UNAVAILABLE",
          .message = absl::StrCat("The token store is unavailable: ", absl::string_view(status.message()))};
}

TokenRefusal RefreshFailed(Subject subject, const GrantAnswer& answer) {
  const bool lost = answer.end == GrantEnd::kUnknown;
  return {.code = answer.error_class.code,
          .reason = std::string(answer.error_class.reason),
          .message = absl::StrCat("The token of ", NameOf(subject), " could not be refreshed",
                                  lost ? ", no usable response came" : "", ": ", VendorWords(answer.failure)),
          .retry_after = answer.error_class.retry_after,
          .remedy = errors::RemedyFor(subject.kind, answer.error_class.remedy),
          .answer = answer.failure};
}

TokenRefusal RefreshBusy(Subject subject) {
  return {.code = Code::kUnavailable,
          .reason = "TOKEN_REFRESH_BUSY",
          .message = absl::StrCat("Not sent: another sidecar is refreshing the token of ", NameOf(subject),
                                  " and did not finish while this call waited.")};
}

TokenRefusal TooManyTokenCalls(Subject subject) {
  return {.code = Code::kResourceExhausted,
          .reason = "SIDECAR_OVERLOADED",
          .message = absl::StrCat("Not sent: ", kTokenCallsMax,
                                  " other token calls, the most at one time, took all the time for the "
                                  "refresh of the token of ",
                                  NameOf(subject), "."),
          .retry_after = absl::Seconds(1)};
}

TokenRefusal StoppedWaiting() {
  return {.code = Code::kCancelled,
          .reason = "CANCELLED",
          .message = "Not sent: the wait for a token was cancelled."};
}

google::rpc::Status StatusOf(const TokenRefusal& refusal, absl::string_view operation) {
  google::rpc::Status status = errors::Local(refusal.code, refusal.reason, refusal.message, operation);
  const auto add = [&status](const char* key, const std::string& value) {
    if (!value.empty()) errors::AddMetadata(key, value, &status);
  };
  add("authorizationUrl", refusal.authorization_url);
  add("remedy", refusal.remedy);
  if (refusal.answer.has_value()) {
    const errors::UpstreamFailure& answer = *refusal.answer;
    add("vendorCode", text::CleanText(answer.vendor_code, errors::kVendorCodeMax));
    add("requestId", text::CleanText(answer.request_id, errors::kVendorCodeMax));
    add("httpStatus", answer.http_status == 0 ? "" : absl::StrCat(answer.http_status));
  }
  if (refusal.retry_after.has_value()) errors::SetRetryInfo(*refusal.retry_after, &status);
  if (!refusal.may_pass) errors::RemoveRetryInfo(&status);
  return status;
}

}  // namespace firstmile::tokens
