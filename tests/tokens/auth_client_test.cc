// What each answer to a refresh means for the single-use token, and what is sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tokens/auth_client_fixture.h"

namespace firstmile::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tokens::GrantAnswer;
using tokens::GrantEnd;
using transport::HttpFailure;
using transport::HttpResult;

struct Case {
  const char* name;
  HttpResult result;
  GrantEnd end;
};
void PrintTo(const Case& value, std::ostream* out) {
  *out << value.name;
}

class AuthClientTest : public AuthClientCase, public ::testing::WithParamInterface<Case> {};

TEST_P(AuthClientTest, IsClassifiedByTheStateOfTheToken) {
  EXPECT_EQ(Refresh(GetParam().result).end, GetParam().end);
}

// Every error that Shopee's reference lists for refresh_access_token.
INSTANTIATE_TEST_SUITE_P(
    Documented, AuthClientTest,
    ::testing::Values(
        Case{"Network", Refused("error_network", "Inner http call failed"), GrantEnd::kUnknown},
        Case{"ParseData", Refused("error_data", "parse data failed"), GrantEnd::kUnknown},
        Case{"Parameter", Refused("error_param", "parameter invalid"), GrantEnd::kNotApplied},
        Case{"Server", Refused("error_server", "Something wrong. Please try later."), GrantEnd::kUnknown},
        Case{"MerchantExpired", Refused("merchant_access_expired", "Your access to merchant has expired."),
             GrantEnd::kRefused},
        Case{"MerchantNotLinked", Refused("merchant_no_linked", "Partner and merchant has no linked."),
             GrantEnd::kRefused},
        Case{"MerchantToken", Refused("error_merchant_refresh_token", "Your refresh token is error"),
             GrantEnd::kRefused},
        Case{"ShopExpired", Refused("shop_access_expired", "Your access to shop has expired."),
             GrantEnd::kRefused},
        Case{"ShopNotLinked", Refused("shop_no_linked", "Partner and shop has no linked."),
             GrantEnd::kRefused},
        Case{"ShopToken", Refused("error_shop_refresh_token", "Your refresh token is error"),
             GrantEnd::kRefused},
        Case{"ShopTokenForbidden", Refused("error_shop_refresh_token", "Your refresh token is error", 403),
             GrantEnd::kRefused},
        Case{"TokenExpired", Refused("refresh_token_expired", "Your refresh_token expired."),
             GrantEnd::kRefused},
        Case{"AuthWithTokenText", Refused("error_auth", "Invalid refresh_token."), GrantEnd::kRefused},
        Case{"AuthWithLinkText", Refused("error_auth", "Partner and shop has no linked."),
             GrantEnd::kRefused},
        Case{"AuthWithAccessText", Refused("error_auth", "Your access to shop has expired."),
             GrantEnd::kRefused},
        Case{"NotFound", Refused("error_param", "The information you queried is not found."),
             GrantEnd::kNotApplied},
        Case{"ParameterWithTokenText", Refused("error_param", "Your refresh token or shop_id is wrong"),
             GrantEnd::kRefused},
        Case{"Banned", Refused("shop_banned", "The shop account has been banned."), GrantEnd::kNotApplied}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Gateway, AuthClientTest,
    ::testing::Values(
        Case{"Sign", Refused("error_sign", "Wrong sign.", 403), GrantEnd::kNotApplied},
        Case{"PartnerId", Refused("invalid_partner_id", "Invalid partner_id, please have a check."),
             GrantEnd::kNotApplied},
        Case{"KeyExpired", Refused("error_partner_key_expired", "Your API partner key has expired"),
             GrantEnd::kNotApplied},
        Case{"Address", Refused("source_ip_undeclared", "Request Source IP is undeclared.", 403),
             GrantEnd::kNotApplied},
        Case{"Rate", Refused("error_rate_limit", "Too many requests."), GrantEnd::kNotApplied},
        Case{"Quota", Refused("error_limit", "reached the daily API call limit"), GrantEnd::kNotApplied},
        Case{"NoPermission", Refused("error_auth", "No permission to current api."), GrantEnd::kNotApplied},
        Case{"ApiPermission", Refused("error_api_permission", "This app type has no permission to this API."),
             GrantEnd::kNotApplied},
        Case{"Restricted", Refused("error_api_call_restricted", "have been restricted."),
             GrantEnd::kNotApplied},
        Case{"Suspended", Refused("api_suspended", "The API is offline."), GrantEnd::kNotApplied},
        Case{"Timestamp", Refused("error_param", "Timestamp is expired."), GrantEnd::kNotApplied},
        Case{"Path",
             Refused("error_param", "This API is currently offline or the request path is incorrect."),
             GrantEnd::kNotApplied},
        Case{"SystemError", Refused("error_auth", "System error, please try again later."),
             GrantEnd::kUnknown},
        Case{"CodeThatNobodyKnows", Refused("error_new_kind", "new"), GrantEnd::kUnknown}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Broken, AuthClientTest,
    ::testing::Values(
        Case{"Html502", Answer("<html>bad gateway</html>", 502, "text/html"), GrantEnd::kUnknown},
        Case{"Html200", Answer("<html>hello</html>", 200, "text/html"), GrantEnd::kUnknown},
        Case{"Html401", Answer("<html>unauthorized</html>", 401, "text/html"), GrantEnd::kUnknown},
        Case{"Html403", Answer("<html>forbidden</html>", 403, "text/html"), GrantEnd::kUnknown},
        Case{"Html404", Answer("<html>not found</html>", 404, "text/html"), GrantEnd::kUnknown},
        Case{"Redirect", Answer("", 302, "text/html"), GrantEnd::kUnknown},
        Case{"JsonOfAProxy", Answer(R"({"message":"Forbidden"})", 403), GrantEnd::kUnknown},
        Case{"ErrorOfAProxy", Answer(R"({"error":"Forbidden"})", 403), GrantEnd::kUnknown},
        Case{"TooMany", Answer("", 429), GrantEnd::kNotApplied},
        Case{"Garbage", Answer("\x01\x02 no json"), GrantEnd::kUnknown},
        Case{"Empty", Answer(""), GrantEnd::kUnknown},
        Case{"Truncated", Answer(R"({"error":"","access_token":"a","refr)"), GrantEnd::kUnknown},
        Case{"NoRefreshToken", Answer(R"({"error":"","message":"","access_token":"a","expire_in":14400})"),
             GrantEnd::kUnknown},
        Case{"EmptyRefreshToken", Answer(R"({"error":"","access_token":"a","refresh_token":""})"),
             GrantEnd::kUnknown},
        Case{"NumberAsToken", Answer(R"({"error":"","access_token":1,"refresh_token":2})"),
             GrantEnd::kUnknown},
        Case{"GrantedWithOddStatus",
             Answer(R"({"error":"","access_token":"a","refresh_token":"r","expire_in":14400})", 500),
             GrantEnd::kGranted},
        Case{"NotSent", Failure(HttpFailure::kNotSent), GrantEnd::kNotApplied},
        Case{"LocalFault", Failure(HttpFailure::kLocalFault), GrantEnd::kNotApplied},
        Case{"NotSentInTime", Failure(HttpFailure::kNotSentInTime), GrantEnd::kNotApplied},
        Case{"NoAnswer", Failure(HttpFailure::kNoAnswer), GrantEnd::kUnknown},
        Case{"TimedOut", Failure(HttpFailure::kTimedOut), GrantEnd::kUnknown},
        Case{"TooLarge", Failure(HttpFailure::kBodyTooLarge), GrantEnd::kUnknown}),
    [](const auto& info) { return info.param.name; });

struct Names {
  const char* names;  // in the answer
  bool of_another;
};

TEST_F(AuthClientTest, ARefreshThatBringsAnothersTokensIsALostAnswer) {
  for (const auto& [names, of_another] :
       {Names{R"("shop_id":600000,"partner_id":2001887)", false}, Names{R"("shop_id":"600000")", false},
        Names{R"("shop_id":0,"merchant_id":null,"partner_id":"")", false},
        Names{R"("shop_id":600000,"merchant_id":7)", false},  // possibly the shop's merchant
        Names{R"("shop_id_list":[600000,600001])", false}, Names{R"("shop_id":600001)", true},
        Names{R"("shop_id":600000,"partner_id":2001888)", true}, Names{R"("merchant_id":600000)", true},
        Names{R"("shop_id":"six")", true}, Names{R"("shop_id":18446744073709551615)", true},
        Names{R"("shop_id":-1)", true}, Names{R"("shop_id_list":[600001])", true}}) {
    const int distrusted = transport_.distrusted;
    const GrantAnswer answer = Refresh(GrantedTo(names));
    EXPECT_EQ(answer.end, of_another ? GrantEnd::kUnknown : GrantEnd::kGranted) << names;
    EXPECT_EQ(answer.is_of_another(), of_another) << names;
    EXPECT_EQ(transport_.distrusted - distrusted, of_another ? 1 : 0) << names;
    EXPECT_EQ(answer.grant.access_token.empty(), of_another) << names;
    EXPECT_THAT(answer.failure.vendor_message, Not(HasSubstr("-9"))) << names;
  }
}

TEST_F(AuthClientTest, AMerchantsRefreshIsHeldToTheMerchant) {
  const tokens::Subject merchant = tokens::Merchant(1000001);
  EXPECT_EQ(Refresh(GrantedTo(R"("merchant_id":1000001)"), merchant).end, GrantEnd::kGranted);
  EXPECT_TRUE(Refresh(GrantedTo(R"("merchant_id":1000002)"), merchant).is_of_another());
  EXPECT_TRUE(Refresh(GrantedTo(R"("shop_id":1000001)"), merchant).is_of_another());
}

TEST_F(AuthClientTest, ALoginIsHeldToItsAccount) {
  const auto shop = [this](const char* names) {
    transport_.Then(GrantedTo(names));
    return RunOnLoop(loop_, client_.RedeemForShop(secrets::Secret("code"), 600000));
  };
  EXPECT_EQ(shop(R"("message":"")").end, GrantEnd::kGranted) << "as documented: no ids";
  EXPECT_EQ(shop(R"("shop_id_list":[],"merchant_id_list":[])").end, GrantEnd::kGranted);
  EXPECT_TRUE(shop(R"("shop_id":600001)").is_of_another());
  EXPECT_TRUE(shop(R"("shop_id_list":[600001,600002])").is_of_another());

  const auto main_account = [this](const char* names) {
    transport_.Then(GrantedTo(names));
    return RunOnLoop(loop_, client_.RedeemForMainAccount(secrets::Secret("code"), 42));
  };
  EXPECT_EQ(main_account(R"("shop_id_list":[1,2],"merchant_id_list":[3])").end, GrantEnd::kGranted);
  EXPECT_EQ(main_account(R"("shop_id_list":[1],"main_account_id":42)").end, GrantEnd::kGranted);
  EXPECT_TRUE(main_account(R"("shop_id_list":[1],"main_account_id":43)").is_of_another());
  EXPECT_TRUE(main_account(R"("shop_id":600001)").is_of_another())
      << "the answer to another subject's refresh";
  EXPECT_TRUE(main_account(R"("shop_id_list":[1],"partner_id":5)").is_of_another());
}

TEST_F(AuthClientTest, ALoginWithoutShopsOrMerchantsIsAnErrorThatSaysSo) {
  for (const char* names :
       {R"("shop_id_list":[],"merchant_id_list":[])", R"("shop_id_list":null,"merchant_id_list":null)",
        R"("message":"")", R"("shop_id_list":0)", R"("shop_id_list":"")", R"("shop_id_list":["x"])"}) {
    for (const bool resend : {false, true}) {
      transport_.Then(GrantedTo(names));
      const secrets::Secret code("code");
      const GrantAnswer answer =
          RunOnLoop(loop_, resend ? client_.RedeemResendCode(code) : client_.RedeemForMainAccount(code, 42));
      EXPECT_EQ(answer.end, GrantEnd::kUnknown) << names;
      EXPECT_EQ(answer.error_class.reason, "TOKENS_WITHOUT_SUBJECT") << names;
      EXPECT_EQ(answer.error_class.code, errors::Code::kFailedPrecondition) << names;
      EXPECT_TRUE(answer.grant.access_token.empty()) << names;
    }
  }
}

TEST_F(AuthClientTest, ABareIdInsteadOfAListIsAListOfOne) {
  transport_.Then(GrantedTo(R"("shop_id_list":600000,"merchant_id_list":"7")"));
  const GrantAnswer answer = RunOnLoop(loop_, client_.RedeemForMainAccount(secrets::Secret("code"), 42));
  ASSERT_EQ(answer.end, GrantEnd::kGranted);
  EXPECT_EQ(codec::SubjectsIn(answer.grant).shop_ids, std::vector<std::int64_t>{600000});
  EXPECT_EQ(codec::SubjectsIn(answer.grant).merchant_ids, std::vector<std::int64_t>{7});
}

TEST_F(AuthClientTest, AResendCodeIsSentAloneAndBringsWhomeverTheAnswerNames) {
  transport_.Then(
      GrantedTo(R"("shop_id_list":[600001,600000,600001],"shop_id":600002,"main_account_id":42)"));
  const GrantAnswer answer = RunOnLoop(loop_, client_.RedeemResendCode(secrets::Secret("again")));
  ASSERT_EQ(answer.end, GrantEnd::kGranted);
  EXPECT_EQ(codec::SubjectsIn(answer.grant).shop_ids, (std::vector<std::int64_t>{600000, 600001, 600002}));
  EXPECT_EQ(transport_.requests.at(0).body, R"({"resend_code":"again"})");
  EXPECT_THAT(transport_.requests.at(0).url.Reveal(), HasSubstr("/api/v2/public/get_token_by_resend_code?"));

  transport_.Then(GrantedTo(R"("shop_id_list":[600001],"partner_id":5)"));
  EXPECT_TRUE(RunOnLoop(loop_, client_.RedeemResendCode(secrets::Secret("again"))).is_of_another());
}

TEST_F(AuthClientTest, APartnerListIsReadWithAndWithoutTheEnvelope) {
  const auto list = [this](const char* body, int status = 200) {
    transport_.Then(Answer(body, status));
    return RunOnLoop(loop_, client_.ListAuthorizations(tokens::SubjectKind::kShop, 1, {}));
  };
  for (
      const char* body :
      {R"({"authed_shop_list":[{"region":"MY","shop_id":600000,"auth_time":1735689600,"expire_time":1767225600,)"
       R"("sip_affi_shop_list":[]}],"more":true,"request_id":"r"})",
       R"({"error":"","message":"","authed_shop_list":[{"shop_id":600000,"expire_time":1767225600}],"more":true})"}) {
    const tokens::AuthClient::AuthorizationPage page = list(body);
    EXPECT_TRUE(page.complete) << body;
    EXPECT_TRUE(page.more) << body;
    ASSERT_EQ(page.rows.size(), 1U) << body;
    EXPECT_EQ(page.rows[0].id, 600000);
    EXPECT_EQ(page.rows[0].expires, absl::FromUnixSeconds(1767225600));
  }
  for (const char* body : {R"({"message":"ok"})", R"({"error":"error_server","authed_shop_list":[]})",
                           R"({"authed_shop_list":"none"})", "[]", "<html>"}) {
    EXPECT_FALSE(list(body).complete) << body;
  }
  EXPECT_FALSE(list(R"({"authed_shop_list":[]})", 502).complete);
}

TEST_F(AuthClientTest, AnEndThatIsNoTimeIsNotLearned) {
  for (const char* end : {"0", "-1", "1767225600000", "\"\"", "null", "14400"}) {
    transport_.Then(
        Answer(absl::StrCat(R"({"authed_shop_list":[{"shop_id":600000,"expire_time":)", end,
                            R"(},{"shop_id":600001,"expire_time":"1767225600"}],"more":false})")));
    const tokens::AuthClient::AuthorizationPage page =
        RunOnLoop(loop_, client_.ListAuthorizations(tokens::SubjectKind::kShop, 1, {}));
    EXPECT_TRUE(page.complete) << end;
    ASSERT_EQ(page.rows.size(), 1U) << end;
    EXPECT_EQ(page.rows[0].id, 600001) << end;
  }
}

TEST_F(AuthClientTest, APauseThatShopeeAsksForIsPassedOn) {
  HttpResult limited = Refused("error_rate_limit", "Too many requests.", 429);
  limited.response.retry_after = "90";
  EXPECT_EQ(Refresh(limited).error_class.retry_after, absl::Seconds(90));
  HttpResult page = Answer("<html>busy</html>", 503, "text/html");
  page.response.retry_after = "30";
  const GrantAnswer unclear = Refresh(page);
  EXPECT_EQ(unclear.error_class.reason, "TOKEN_ANSWER_UNCLEAR");
  EXPECT_EQ(unclear.error_class.retry_after, absl::Seconds(30));
}

TEST_F(AuthClientTest, TokenCallsHaveConnectionsOfTheirOwn) {
  Refresh(Granted("a", "r"));
  EXPECT_TRUE(transport_.requests.at(0).own_connection);
}

// Shopee's time is an hour ahead of the clock, which shows 1700000000.
HttpResult RefusedForItsTime() {
  HttpResult refused = Refused("error_param", "Timestamp is expired.");
  refused.response.date = "Tue, 14 Nov 2023 23:13:20 GMT";
  return refused;
}

TEST_F(AuthClientTest, BothRoundsOfAClockCorrectionHaveTheTimeOfOneCall) {
  const transport::MonotonicTime begin = clock_.Monotonic();
  transport_.on_send = [this] { clock_.Advance(absl::Seconds(3)); };
  transport_.Then(RefusedForItsTime());
  EXPECT_EQ(Refresh(Granted("a", "r")).end, GrantEnd::kGranted);
  ASSERT_EQ(transport_.requests.size(), 2U);
  EXPECT_EQ(transport_.requests.at(0).timeout, std::chrono::seconds(10));
  EXPECT_EQ(transport_.requests.at(1).timeout, std::chrono::seconds(7));
  EXPECT_EQ(transport_.requests.at(1).send_by, begin + std::chrono::seconds(5));
}

TEST_F(AuthClientTest, ASecondRoundThatWouldHaveLittleTimeIsLeftToTheNextCallWhichKnowsTheTime) {
  transport_.on_send = [this] { clock_.Advance(absl::Seconds(6)); };
  transport_.Then(RefusedForItsTime());
  EXPECT_EQ(Refresh(Granted("a", "r")).end, GrantEnd::kNotApplied);
  ASSERT_EQ(transport_.requests.size(), 1U);
  EXPECT_EQ(RunOnLoop(loop_, client_.Refresh(kShop, secrets::Secret(kSpent))).end, GrantEnd::kGranted);
  EXPECT_THAT(std::string(transport_.requests.at(1).url.Reveal()), HasSubstr("timestamp=17000036"));
}

TEST_F(AuthClientTest, ARefreshThatCouldNotBeSentInTimeConsumesNoToken) {
  const transport::MonotonicTime send_by = clock_.Monotonic() + std::chrono::seconds(5);
  transport_.Then(Failure(HttpFailure::kTooLateToSend));
  const GrantAnswer late = RunOnLoop(loop_, client_.Refresh(kShop, secrets::Secret(kSpent), send_by));
  EXPECT_EQ(late.end, GrantEnd::kNotApplied);
  EXPECT_TRUE(late.too_late);
  EXPECT_EQ(transport_.requests.at(0).send_by, send_by);
  EXPECT_FALSE(Refresh(Failure(HttpFailure::kNotSent)).too_late);
}

TEST_F(AuthClientTest, TheExpiryOfATokenIsInSecondsOrATimeOrAbsent) {
  const absl::Time now = clock_.Now();
  EXPECT_EQ(Refresh(Granted("a", "r", "14400")).grant.expires, now + absl::Hours(4));
  EXPECT_EQ(Refresh(Granted("a", "r", "\"14400\"")).grant.expires, now + absl::Hours(4));
  EXPECT_EQ(Refresh(Granted("a", "r", "1767001812")).grant.expires, absl::FromUnixSeconds(1767001812));
  EXPECT_EQ(Refresh(Granted("a", "r", "null")).grant.expires, std::nullopt);
  EXPECT_EQ(Refresh(Granted("a", "r", "0")).grant.expires, std::nullopt);
}

TEST_F(AuthClientTest, SendsTheDocumentedBodySignedAsThePartnerAlone) {
  Refresh(Granted("a", "r"));
  const transport::HttpRequest& request = transport_.requests.at(0);
  EXPECT_TRUE(request.post);
  EXPECT_FALSE(request.repeatable);
  EXPECT_EQ(request.body, R"({"refresh_token":"spent-refresh-token","partner_id":2001887,"shop_id":600000})");
  const std::string sign = signing::HmacSha256Hex("key", "2001887/api/v2/auth/access_token/get1700000000");
  EXPECT_EQ(request.url.Reveal(),
            absl::StrCat("https://partner.example/api/v2/auth/access_token/get?partner_id=2001887"
                         "&timestamp=1700000000&sign=",
                         sign));
}

TEST_F(AuthClientTest, AMerchantIsNamedAsSuch) {
  Refresh(Granted("a", "r"), tokens::Merchant(1000001));
  EXPECT_THAT(transport_.requests.at(0).body, HasSubstr(R"("merchant_id":1000001)"));
  EXPECT_THAT(transport_.requests.at(0).body, Not(HasSubstr("shop_id")));
}

}  // namespace
}  // namespace firstmile::testing
