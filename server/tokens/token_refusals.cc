#include "tokens/token_refusals.h"

#include "absl/strings/str_cat.h"
#include "errors/secret_parameters.h"
#include "errors/status.h"
#include "text/clean_text.h"

namespace firstmile::tokens {
namespace {

using errors::Code;

constexpr absl::Duration kStorePause = absl::Seconds(1);

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
          .message = absl::StrCat("no token is known for ", NameOf(subject),
                                  ": let its seller log in (AuthService.GetAuthorizationUrl, then "
                                  "ExchangeCode), bring its tokens with AuthService.ImportTokens, or give a "
                                  "token of your own in the metadata x-shopee-access-token")};
}

TokenRefusal AuthorizationRequired(const TokenRecord& record, const std::string& url) {
  const std::string why = record.quarantine.has_value() ? absl::StrCat(" (", record.quarantine->reason, "; ",
                                                                       record.quarantine->detail, ")")
                                                        : "";
  const std::string where =
      url.empty() ? "to the address that AuthService.GetAuthorizationUrl gives" : absl::StrCat("to ", url);
  return {
      .code = Code::kFailedPrecondition,
      .reason = "AUTHORIZATION_REQUIRED",
      .message = absl::StrCat(NameOf(record.subject), " must be authorized again", why, ". Send its seller ",
                              where, " and pass the code to AuthService.ExchangeCode"),
      .authorization_url = url};
}

TokenRefusal NotRenewable(Subject subject) {
  return {
      .code = Code::kUnauthenticated,
      .reason = "TOKEN_NOT_RENEWABLE",
      .message = absl::StrCat("the access token of ", NameOf(subject),
                              " has ended or was refused, and it came without a refresh token; give a new "
                              "one, or let the seller log in (AuthService.GetAuthorizationUrl)")};
}

TokenRefusal FreshTokenRejected(Subject subject) {
  return {
      .code = Code::kUnauthenticated,
      .reason = "TOKEN_REJECTED",
      .message = absl::StrCat("the platform refuses the access token of ", NameOf(subject),
                              " that it has just issued; another refresh would spend a token and not help")};
}

TokenRefusal StoreTrouble(Subject subject, const absl::Status& status) {
  const bool unreadable = absl::IsDataLoss(status) || absl::IsNotFound(status);
  if (!unreadable) {
    TokenRefusal refusal = StoreTrouble(status);
    refusal.message = absl::StrCat(NameOf(subject), ": ", refusal.message);
    return refusal;
  }
  return {.code = Code::kFailedPrecondition,
          .reason = "TOKEN_UNREADABLE",
          .message = absl::StrCat("the stored tokens of ", NameOf(subject),
                                  " cannot be read: ", absl::string_view(status.message()))};
}

TokenRefusal StoreTrouble(const absl::Status& status) {
  return {.code = Code::kUnavailable,
          .reason = "TOKEN_STORE_UNAVAILABLE",
          .message = absl::StrCat("the token store cannot serve: ", absl::string_view(status.message())),
          .retry_after = kStorePause};
}

TokenRefusal RefreshFailed(Subject subject, const GrantAnswer& answer) {
  const bool lost = answer.end == GrantEnd::kUnknown;
  return {.code = lost ? Code::kUnavailable : answer.verdict.code,
          .reason = std::string(answer.verdict.reason),
          .message = absl::StrCat("the token of ", NameOf(subject), " cannot be refreshed",
                                  lost ? ", no usable answer came" : "", ": ", VendorWords(answer.failure)),
          .retry_after = answer.verdict.retry_after};
}

TokenRefusal HeldByOthers(Subject subject) {
  return {.code = Code::kUnavailable,
          .reason = "TOKEN_REFRESH_BUSY",
          .message = absl::StrCat("another process refreshes the token of ", NameOf(subject),
                                  " and has not come to an end"),
          .retry_after = kStorePause};
}

TokenRefusal StoppedWaiting() {
  return {.code = Code::kCancelled, .reason = "CANCELLED", .message = "the wait for a token was ended"};
}

google::rpc::Status StatusOf(const TokenRefusal& refusal, absl::string_view operation) {
  google::rpc::Status status = errors::Local(refusal.code, refusal.reason, refusal.message, operation);
  if (!refusal.authorization_url.empty()) {
    errors::AddMetadata("authorizationUrl", refusal.authorization_url, &status);
  }
  if (refusal.retry_after.has_value()) errors::AddRetryInfo(*refusal.retry_after, &status);
  return status;
}

}  // namespace firstmile::tokens
