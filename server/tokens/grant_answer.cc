#include "tokens/grant_answer.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "errors/error_text.h"

namespace firstmile::tokens {
namespace {

using errors::Code;
using errors::ErrorClass;
using errors::RetryClass;

constexpr int kTooManyRequests = 429;

// They mean the same for every call: it had no effect.
constexpr absl::string_view kReasonsOfAnyCall[] = {
    "PARTNER_MISCONFIGURED", "CLOCK_SKEW",  "SOURCE_IP_UNDECLARED", "ACCESS_DENIED", "SELLER_NOT_REGISTERED",
    "ACCOUNT_BANNED",        "API_OFFLINE", "RATE_LIMITED",         "DAILY_QUOTA"};

// After these, the token or code of a token call is lost for good.
constexpr absl::string_view kReasonsOfTokens[] = {"SHOP_NOT_AUTHORIZED", "TOKEN_REJECTED", "CODE_REFUSED"};

constexpr absl::string_view kThingsThatExpire[] = {"token", "key", "signature", "timestamp"};

constexpr absl::string_view kLoginRemedy =
    "Exchange the code once more: it may be used up, and when it is refused, let the seller log in again.";
constexpr absl::string_view kMixedUpRemedy =
    "Look for a proxy between the sidecar and Shopee that mixes up responses, and retry after RetryInfo.";
constexpr absl::string_view kMixedUpLoginRemedy =
    "Look for a proxy between the sidecar and Shopee that mixes up responses; exchange the code once more, "
    "and when "
    "it is refused, let the seller log in again.";

template <std::size_t size>
bool Has(const absl::string_view (&reasons)[size], absl::string_view reason) {
  return std::find(std::begin(reasons), std::end(reasons), reason) != std::end(reasons);
}

// Shopee's code and text in lower case, the code without its module, the text with single spaces.
struct Words {
  std::string code;
  std::string text;

  explicit Words(const errors::UpstreamFailure& failure)
      : code(absl::AsciiStrToLower(failure.vendor_code)), text(errors::FoldText(failure.vendor_message)) {
    code.erase(0, code.rfind('.') + 1);  // npos + 1 is 0
  }
  bool HasText(absl::string_view part) const { return absl::StrContains(text, part); }
  bool NameRefreshToken() const {
    return absl::StrContains(code, "refresh_token") || HasText("refresh token");
  }
};

// Codes that are ambiguous without their texts.
bool IsAmbiguous(const Words& words, const ErrorClass& error_class) {
  return words.code == "error_auth" || words.code == "error_param" || !error_class.known;
}

bool IsTrouble(const ErrorClass& error_class) {
  return error_class.retry_class == RetryClass::kRetryRead;
}

// Other things that expire, without any need for the seller to act.
bool NamesOtherExpiry(const Words& words) {
  return std::any_of(std::begin(kThingsThatExpire), std::end(kThingsThatExpire),
                     [&words](absl::string_view thing) { return words.HasText(thing); });
}

// "Partner and shop has no linked.", "Your access to shop has expired.", and similar texts.
bool SaysThatAuthorizationEnded(const Words& words, const ErrorClass& error_class) {
  if (absl::StrContains(words.code, "access_expired") || absl::StrContains(words.code, "no_link"))
    return true;
  const bool of_any_call =
      Has(kReasonsOfAnyCall, error_class.reason) && error_class.reason != "ACCESS_DENIED";
  if (!IsAmbiguous(words, error_class) || of_any_call || IsTrouble(error_class)) return false;
  const bool access = words.HasText("access") || words.HasText("authorization");
  const bool access_ended = access && words.HasText("expired") && !NamesOtherExpiry(words);
  return access_ended || words.HasText("no link") || words.HasText("not linked");
}

// Rate limits, missing permissions and the like consume nothing, whatever their texts say.
bool RefusesRefreshToken(const Words& words, const ErrorClass& error_class) {
  if (IsTrouble(error_class) || Has(kReasonsOfAnyCall, error_class.reason)) return false;
  return Has(kReasonsOfTokens, error_class.reason) || words.NameRefreshToken();
}

// The caller supplied the code and the account; a rejected login means that one of them is wrong.
bool RefusesCode(const Words& words, const ErrorClass& error_class) {
  if (IsTrouble(error_class)) return false;
  if (!error_class.known) return absl::StartsWith(words.code, "invalid_");  // invalid_code, in new spellings
  if (error_class.reason == "ACCESS_DENIED") return IsAmbiguous(words, error_class) && words.HasText("code");
  return !Has(kReasonsOfAnyCall, error_class.reason);
}

// A body without an envelope may come from a proxy after Shopee has processed the request. So the outcome is
// unknown for every status except the one that says that the request was rejected.
GrantEnd EndOf(TokenCall call, const GrantAnswer& answer, const Words& words, const ErrorClass& error_class) {
  if (answer.failure.vendor_code.empty()) {
    return answer.failure.http_status == kTooManyRequests ? GrantEnd::kNotApplied : GrantEnd::kUnknown;
  }
  if (answer.authorization_ended) return GrantEnd::kRefused;
  const bool refused =
      call == TokenCall::kRefresh ? RefusesRefreshToken(words, error_class) : RefusesCode(words, error_class);
  if (refused) return GrantEnd::kRefused;
  const bool unclear = IsTrouble(error_class) || error_class.code == Code::kUnknown;
  return unclear ? GrantEnd::kUnknown : GrantEnd::kNotApplied;
}

ErrorClass Unclear(TokenCall call, std::optional<absl::Duration> asked_pause) {
  const bool login = call == TokenCall::kLogin;
  return {.code = login ? Code::kUnknown : Code::kUnavailable,
          .reason = "TOKEN_ANSWER_UNCLEAR",
          .remedy = login
                        ? kLoginRemedy
                        : "Retry after RetryInfo: the sidecar repeats the refresh then, and says so when the "
                          "seller must log in again.",
          .retry_after = login ? std::nullopt : asked_pause};
}

// The error for callers, from an answer that came.
ErrorClass ErrorForCaller(TokenCall call, GrantEnd end, const ErrorClass& error_class,
                          std::optional<absl::Duration> asked_pause) {
  if (end == GrantEnd::kUnknown) return Unclear(call, asked_pause);
  if (end == GrantEnd::kRefused && call == TokenCall::kRefresh) {
    return {.code = Code::kFailedPrecondition, .reason = "AUTHORIZATION_REQUIRED"};
  }
  if (end == GrantEnd::kRefused) {
    return {.code = Code::kFailedPrecondition, .reason = "CODE_REFUSED"};
  }
  if (Has(kReasonsOfAnyCall, error_class.reason)) return error_class;
  return {
      .code = Code::kUnavailable, .reason = "TOKEN_REFRESH_FAILED", .retry_after = error_class.retry_after};
}

}  // namespace

GrantAnswer NoAnswer(TokenCall call, const transport::HttpResult& result) {
  GrantAnswer answer;
  const bool unsent = transport::NothingWasSent(result.failure);
  answer.end = unsent ? GrantEnd::kNotApplied : GrantEnd::kUnknown;
  answer.too_late = result.failure == transport::HttpFailure::kTooLateToSend;
  const bool login = call == TokenCall::kLogin;
  answer.failure.vendor_message =
      unsent ? absl::StrCat(login ? "Not sent: no connection to Shopee: " : "no connection to Shopee: ",
                            result.detail)
             : absl::StrCat(login ? "No complete response from Shopee: " : "", result.detail);
  answer.error_class = unsent ? ErrorClass{.code = Code::kUnavailable, .reason = "UPSTREAM_UNREACHABLE"}
                              : Unclear(call, std::nullopt);
  return answer;
}

GrantAnswer TooManyOthers(std::size_t calls_max) {
  GrantAnswer answer;
  answer.end = GrantEnd::kNotApplied;
  answer.failure.vendor_message = absl::StrCat(
      "Not sent: ", calls_max,
      " other token calls, the most at one time, took all the time for this login; the code is not used up.");
  answer.error_class = {.code = Code::kResourceExhausted, .reason = "SIDECAR_OVERLOADED"};
  return answer;
}

GrantAnswer WithoutPair(TokenCall call, errors::UpstreamFailure failure, absl::Time now) {
  GrantAnswer answer;
  answer.request_id = failure.request_id;
  answer.failure = std::move(failure);
  const ErrorClass error_class = errors::ClassifyError(answer.failure, now);
  const Words words(answer.failure);
  answer.authorization_ended =
      !answer.failure.vendor_code.empty() && SaysThatAuthorizationEnded(words, error_class);
  answer.end = EndOf(call, answer, words, error_class);
  answer.error_class = ErrorForCaller(call, answer.end, error_class, answer.failure.retry_after);
  return answer;
}

GrantAnswer OfAnother(TokenCall call, const std::string& request_id, int http_status) {
  const bool login = call == TokenCall::kLogin;
  GrantAnswer answer;
  answer.request_id = request_id;
  answer.failure = {.vendor_message =
                        "the response brought the tokens of another shop, merchant or partner than "
                        "the one asked for; they were dropped",
                    .request_id = request_id,
                    .http_status = http_status};
  answer.error_class = {.code = login ? Code::kUnknown : Code::kUnavailable,
                        .reason = kTokenOfAnotherSubject,
                        .remedy = login ? kMixedUpLoginRemedy : kMixedUpRemedy};
  return answer;
}

GrantAnswer WithoutSubject(const std::string& request_id, int http_status) {
  GrantAnswer answer;
  answer.request_id = request_id;
  answer.failure = {
      .vendor_message =
          "the login succeeded, but its response names no shop and no merchant; the tokens were "
          "dropped and the code is used up",
      .request_id = request_id,
      .http_status = http_status};
  answer.error_class = {.code = Code::kFailedPrecondition, .reason = "TOKENS_WITHOUT_SUBJECT"};
  return answer;
}

}  // namespace firstmile::tokens
