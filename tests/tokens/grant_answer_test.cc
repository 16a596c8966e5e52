// The caller's error for an answer to a token call, by Shopee's code and text.
#include "tokens/grant_answer.h"

#include <gtest/gtest.h>

#include "errors/error_list.h"
#include "support/scripted_transport.h"
#include "tokens/token_refusals.h"

namespace firstmile::testing {
namespace {

using errors::Code;
using tokens::GrantAnswer;
using tokens::GrantEnd;
using tokens::TokenCall;

const absl::Time kGrantTime = absl::FromUnixSeconds(1'700'000'000);

struct Told {
  const char* name;
  TokenCall call;
  const char* code;
  const char* text;
  GrantEnd end;
  Code told;
  const char* reason;
};
void PrintTo(const Told& value, std::ostream* out) {
  *out << value.name;
}

class GrantAnswerTest : public ::testing::TestWithParam<Told> {};

TEST_P(GrantAnswerTest, IsReportedInTheTermsOfTokens) {
  const Told& told = GetParam();
  const GrantAnswer answer = WithoutPair(
      told.call,
      {.vendor_code = told.code, .vendor_message = told.text, .request_id = "r", .http_status = 200},
      kGrantTime);
  EXPECT_EQ(answer.end, told.end);
  EXPECT_EQ(answer.error_class.code, told.told);
  EXPECT_EQ(answer.error_class.reason, told.reason);
  EXPECT_EQ(answer.request_id, "r");
  EXPECT_EQ(answer.failure.vendor_code, told.code);
  EXPECT_EQ(answer.failure.vendor_message, told.text);
}

constexpr auto kRefresh = TokenCall::kRefresh;
constexpr auto kLogin = TokenCall::kLogin;

INSTANTIATE_TEST_SUITE_P(
    Refresh, GrantAnswerTest,
    ::testing::Values(Told{"NotFound", kRefresh, "error_param", "The information you queried is not found.",
                           GrantEnd::kNotApplied, Code::kUnavailable, "TOKEN_REFRESH_FAILED"},
                      Told{"Parameter", kRefresh, "error_param", "parameter invalid", GrantEnd::kNotApplied,
                           Code::kUnavailable, "TOKEN_REFRESH_FAILED"},
                      Told{"Detail", kRefresh, "common.error_param", "Wrong parameters, detail: partner_id.",
                           GrantEnd::kNotApplied, Code::kFailedPrecondition, "PARTNER_MISCONFIGURED"},
                      Told{"Trouble", kRefresh, "error_server", "Something wrong. Please try later.",
                           GrantEnd::kUnknown, Code::kUnavailable, "TOKEN_ANSWER_UNCLEAR"},
                      Told{"TroubleWithATokenText", kRefresh, "error_network",
                           "refresh token service is down", GrantEnd::kUnknown, Code::kUnavailable,
                           "TOKEN_ANSWER_UNCLEAR"},
                      Told{"CodeThatNobodyKnows", kRefresh, "error_new_kind", "new", GrantEnd::kUnknown,
                           Code::kUnavailable, "TOKEN_ANSWER_UNCLEAR"},
                      Told{"TimeThatNobodyKnows", kRefresh, "invalid_timestamp", "new", GrantEnd::kUnknown,
                           Code::kUnavailable, "TOKEN_ANSWER_UNCLEAR"},
                      Told{"NotLinked", kRefresh, "error_auth", "Partner and shop has no linked.",
                           GrantEnd::kRefused, Code::kFailedPrecondition, "AUTHORIZATION_REQUIRED"},
                      Told{"Limit", kRefresh, "error_rate_limit", "Too many requests.", GrantEnd::kNotApplied,
                           Code::kResourceExhausted, "RATE_LIMITED"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Login, GrantAnswerTest,
    ::testing::Values(Told{"Code", kLogin, "invalid_code", "The code is expired or used or invalid.",
                           GrantEnd::kRefused, Code::kFailedPrecondition, "CODE_REFUSED"},
                      Told{"CodeInAnotherSpelling", kLogin, "invalid_main_account_id", "wrong",
                           GrantEnd::kRefused, Code::kFailedPrecondition, "CODE_REFUSED"},
                      Told{"CodeUnderErrorAuth", kLogin, "error_auth", "Invalid code", GrantEnd::kRefused,
                           Code::kFailedPrecondition, "CODE_REFUSED"},
                      Told{"NotFound", kLogin, "error_param", "The information you queried is not found.",
                           GrantEnd::kRefused, Code::kFailedPrecondition, "CODE_REFUSED"},
                      Told{"Parameter", kLogin, "error_param", "parameter invalid", GrantEnd::kRefused,
                           Code::kFailedPrecondition, "CODE_REFUSED"},
                      Told{"NotLinked", kLogin, "error_auth", "Partner and shop has no linked.",
                           GrantEnd::kRefused, Code::kFailedPrecondition, "CODE_REFUSED"},
                      Told{"Trouble", kLogin, "error_network", "Inner http call failed", GrantEnd::kUnknown,
                           Code::kUnknown, "TOKEN_ANSWER_UNCLEAR"},
                      Told{"CodeThatNobodyKnows", kLogin, "error_new_kind", "new", GrantEnd::kUnknown,
                           Code::kUnknown, "TOKEN_ANSWER_UNCLEAR"},
                      Told{"Permission", kLogin, "error_auth", "No permission to current api.",
                           GrantEnd::kNotApplied, Code::kPermissionDenied, "ACCESS_DENIED"},
                      Told{"Sign", kLogin, "error_sign", "Wrong sign.", GrantEnd::kNotApplied,
                           Code::kFailedPrecondition, "PARTNER_MISCONFIGURED"}),
    [](const auto& info) { return info.param.name; });

TEST(GrantAnswerTextTest, TheEndOfAnAuthorizationIsReadFromTheTextWhereTheCodeSaysNothing) {
  for (const auto& [code, text] :
       {std::pair("error_auth", "Partner and shop has no linked."),
        std::pair("common.error_auth", "partner and merchant has no linked"),
        std::pair("error_auth", "Your access to shop has expired."),
        std::pair("error_param", "Your partner id and shop has no link."),
        std::pair("error_auth", "The shop is not linked."),
        std::pair("shop_no_linked", "Partner and shop has no linked."),
        std::pair("error_auth", "Partner and shop has no\xC2\xA0linked."),
        std::pair("error_auth", "shop_not_linked"),
        std::pair("error_auth", "The shop's authorization has expired."),
        std::pair("error_auth", "Your access has expired, please sign in again."),
        std::pair("merchant_access_expired", "Your access to merchant has expired.")}) {
    const GrantAnswer answer =
        WithoutPair(kRefresh, {.vendor_code = code, .vendor_message = text, .http_status = 200}, kGrantTime);
    EXPECT_EQ(answer.end, GrantEnd::kRefused) << code << ": " << text;
    EXPECT_TRUE(answer.authorization_ended) << code << ": " << text;
  }
  for (const auto& [code, text] :
       {std::pair("error_auth", "Your refresh_token expired."), std::pair("error_auth", "Invalid sign"),
        std::pair("error_auth", "The access token has expired."),
        std::pair("error_partner_key_expired", "Your access by this key has expired."),
        std::pair("error_param", "Timestamp is expired."),
        std::pair("error_param", "Timestamp is expired, access denied."),
        std::pair("error_auth", "Access denied: your partner key has expired."),
        std::pair("error_auth", "System error, please try again later: no link."),
        std::pair("", "Partner and shop has no linked.")}) {
    const GrantAnswer answer =
        WithoutPair(kRefresh, {.vendor_code = code, .vendor_message = text, .http_status = 200}, kGrantTime);
    EXPECT_FALSE(answer.authorization_ended) << code << ": " << text;
  }
}

// Otherwise each of these would make every seller log in again.
TEST(GrantAnswerTextTest, ARefusalOfAnyCallConsumesNoRefreshTokenThatItsTextNames) {
  for (const auto& [code, text, reason] :
       {std::tuple("error_rate_limit", "Refresh token too frequently, please try again later.",
                   "RATE_LIMITED"),
        std::tuple("error_limit", "Daily limit of refresh_token calls is reached.", "DAILY_QUOTA"),
        std::tuple("api_suspended", "The refresh_token API is offline.", "API_OFFLINE"),
        std::tuple("error_permission", "No permission to call refresh_token.", "ACCESS_DENIED"),
        std::tuple("source_ip_undeclared", "Refresh token refused: the IP is undeclared.",
                   "SOURCE_IP_UNDECLARED"),
        std::tuple("shop_banned", "The refresh token of a banned shop.", "ACCOUNT_BANNED")}) {
    const GrantAnswer answer =
        WithoutPair(kRefresh, {.vendor_code = code, .vendor_message = text, .http_status = 200}, kGrantTime);
    EXPECT_EQ(answer.end, GrantEnd::kNotApplied) << code << ": " << text;
    EXPECT_EQ(answer.error_class.reason, reason) << text;
  }
}

// A caller that requested a tracking number passed no argument of a token call.
TEST(GrantAnswerTextTest, NoDocumentedErrorIsReportedAsInvalidArgumentOrNotFound) {
  for (const errors::ListedError& error : errors::ListedErrors()) {
    for (const TokenCall call : {kRefresh, kLogin}) {
      const GrantAnswer answer = WithoutPair(
          call, {.vendor_code = error.code, .vendor_message = error.text, .http_status = 200}, kGrantTime);
      EXPECT_NE(answer.error_class.code, Code::kNotFound) << error.where;
      EXPECT_NE(answer.error_class.code, Code::kInvalidArgument) << error.where;
      EXPECT_FALSE(answer.error_class.reason.empty()) << error.where;
    }
  }
}

TEST(GrantAnswerTextTest, AnAnswerWithoutAnEnvelopeLeavesTheTokenUnclearWhateverItsStatus) {
  for (const int status : {200, 204, 301, 302, 307, 400, 401, 403, 404, 405, 408, 410, 451, 500, 502, 524}) {
    const GrantAnswer answer = WithoutPair(kRefresh, {.http_status = status}, kGrantTime);
    EXPECT_EQ(answer.end, GrantEnd::kUnknown) << status;
    EXPECT_EQ(answer.error_class.reason, "TOKEN_ANSWER_UNCLEAR") << status;
  }
  EXPECT_EQ(WithoutPair(kRefresh, {.http_status = 429}, kGrantTime).end, GrantEnd::kNotApplied);
}

TEST(GrantAnswerTextTest, ARemedyForAMerchantSpeaksOfTheMerchant) {
  for (const auto& [code, words] : {std::pair("error_rate_limit", "for this merchant"),
                                    std::pair("error_permission", "the app and the merchant")}) {
    const GrantAnswer answer = WithoutPair(kRefresh, {.vendor_code = code, .http_status = 200}, kGrantTime);
    const std::string remedy = RefreshFailed(tokens::Merchant(7), answer).remedy;
    EXPECT_NE(remedy.find(words), std::string::npos) << remedy;
    EXPECT_EQ(remedy.find("shop"), std::string::npos) << remedy;
  }
}

TEST(GrantAnswerTextTest, ACallWithoutAnAnswerIsUnclearUnlessItNeverLeft) {
  const GrantAnswer lost = NoAnswer(kRefresh, Failure(transport::HttpFailure::kNoAnswer));
  EXPECT_EQ(lost.end, GrantEnd::kUnknown);
  EXPECT_EQ(lost.error_class.reason, "TOKEN_ANSWER_UNCLEAR");
  const GrantAnswer unsent = NoAnswer(kLogin, Failure(transport::HttpFailure::kNotSent));
  EXPECT_EQ(unsent.end, GrantEnd::kNotApplied);
  EXPECT_EQ(unsent.error_class.reason, "UPSTREAM_UNREACHABLE");
}

}  // namespace
}  // namespace firstmile::testing
