// What each answer to a refresh says of a token that can be spent once, and what goes over the wire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokens/custody_fixture.h"

namespace firstmile::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tokens::GrantAnswer;
using tokens::GrantEnd;
using transport::HttpFailure;
using transport::HttpResult;

constexpr char kSpent[] = "spent-refresh-token";

struct Case {
  const char* name;
  HttpResult result;
  GrantEnd end;
};
void PrintTo(const Case& value, std::ostream* out) {
  *out << value.name;
}

class AuthClientTest : public ::testing::TestWithParam<Case> {
 protected:
  ~AuthClientTest() override { loop_.Stop(); }

  GrantAnswer Refresh(HttpResult result, tokens::Subject subject = kShop) {
    transport_.Then(std::move(result));
    return RunOnLoop(loop_, client_.Refresh(subject, secrets::Secret(kSpent)));
  }

  ManualClock clock_;
  transport::EventLoop loop_{clock_, "auth"};
  ScriptedTransport transport_{loop_};
  const signing::Signer signer_{2001887, secrets::Secret("key")};
  tokens::AuthClient client_{{.base_url = "https://partner.example"}, loop_, transport_, signer_};
};

TEST_P(AuthClientTest, IsJudgedByWhatBecameOfTheToken) {
  EXPECT_EQ(Refresh(GetParam().result).end, GetParam().end);
}

// Every error that the reference lists for refresh_access_token.
INSTANTIATE_TEST_SUITE_P(
    Documented, AuthClientTest,
    ::testing::Values(
        Case{"Network", Refused("error_network", "Inner http call failed"), GrantEnd::kUnknown},
        Case{"ParseData", Refused("error_data", "parse data failed"), GrantEnd::kUnknown},
        Case{"Parameter", Refused("error_param", "parameter invalid"), GrantEnd::kNotDone},
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
        Case{"ParameterWithTokenText", Refused("error_param", "Your refresh token or shop_id is wrong"),
             GrantEnd::kRefused},
        Case{"Banned", Refused("shop_banned", "The shop account has been banned."), GrantEnd::kNotDone}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Gateway, AuthClientTest,
    ::testing::Values(
        Case{"Sign", Refused("error_sign", "Wrong sign.", 403), GrantEnd::kNotDone},
        Case{"PartnerId", Refused("invalid_partner_id", "Invalid partner_id, please have a check."),
             GrantEnd::kNotDone},
        Case{"KeyExpired", Refused("error_partner_key_expired", "Your API partner key has expired"),
             GrantEnd::kNotDone},
        Case{"Address", Refused("source_ip_undeclared", "Request Source IP is undeclared.", 403),
             GrantEnd::kNotDone},
        Case{"Rate", Refused("error_rate_limit", "Too many requests."), GrantEnd::kNotDone},
        Case{"Quota", Refused("error_limit", "reached the daily API call limit"), GrantEnd::kNotDone},
        Case{"NoPermission", Refused("error_auth", "No permission to current api."), GrantEnd::kNotDone},
        Case{"ApiPermission", Refused("error_api_permission", "This app type has no permission to this API."),
             GrantEnd::kNotDone},
        Case{"Restricted", Refused("error_api_call_restricted", "have been restricted."), GrantEnd::kNotDone},
        Case{"Suspended", Refused("api_suspended", "The API is offline."), GrantEnd::kNotDone},
        Case{"Timestamp", Refused("error_param", "Timestamp is expired."), GrantEnd::kNotDone},
        Case{"Path",
             Refused("error_param", "This API is currently offline or the request path is incorrect."),
             GrantEnd::kNotDone},
        Case{"SystemError", Refused("error_auth", "System error, please try again later."),
             GrantEnd::kUnknown},
        Case{"CodeThatNobodyKnows", Refused("error_new_kind", "new"), GrantEnd::kUnknown}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Broken, AuthClientTest,
    ::testing::Values(
        Case{"Html502", Answer("<html>bad gateway</html>", 502, "text/html"), GrantEnd::kUnknown},
        Case{"Html200", Answer("<html>hello</html>", 200, "text/html"), GrantEnd::kUnknown},
        Case{"Html403", Answer("<html>forbidden</html>", 403, "text/html"), GrantEnd::kNotDone},
        Case{"TooMany", Answer("", 429), GrantEnd::kNotDone},
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
        Case{"NotSent", Failure(HttpFailure::kNotSent), GrantEnd::kNotDone},
        Case{"Overloaded", Failure(HttpFailure::kOverloaded), GrantEnd::kNotDone},
        Case{"LocalFault", Failure(HttpFailure::kLocalFault), GrantEnd::kNotDone},
        Case{"NotSentInTime", Failure(HttpFailure::kNotSentInTime), GrantEnd::kNotDone},
        Case{"NoAnswer", Failure(HttpFailure::kNoAnswer), GrantEnd::kUnknown},
        Case{"TimedOut", Failure(HttpFailure::kTimedOut), GrantEnd::kUnknown},
        Case{"TooLarge", Failure(HttpFailure::kBodyTooLarge), GrantEnd::kUnknown}),
    [](const auto& info) { return info.param.name; });

struct Names {
  const char* names;  // of the answer
  bool of_another;
};

TEST_F(AuthClientTest, ARefreshThatBringsAnothersTokensIsALostAnswer) {
  for (const auto& [names, of_another] :
       {Names{R"("shop_id":600000,"partner_id":2001887)", false}, Names{R"("shop_id":"600000")", false},
        Names{R"("shop_id":0,"merchant_id":null,"partner_id":"")", false},
        Names{R"("shop_id":600000,"merchant_id":7)", false},  // the shop's merchant, perhaps
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
  EXPECT_TRUE(main_account(R"("shop_id":600001)").is_of_another()) << "the answer to somebody's refresh";
  EXPECT_TRUE(main_account(R"("shop_id_list":[1],"partner_id":5)").is_of_another());
  const GrantAnswer nobody = main_account(R"("shop_id_list":[])");
  EXPECT_EQ(nobody.end, GrantEnd::kUnknown) << "a login that covers nobody tells nothing";
  EXPECT_EQ(nobody.verdict.reason, "ANSWER_UNREADABLE");
}

TEST_F(AuthClientTest, TokenCallsHaveConnectionsOfTheirOwn) {
  Refresh(Granted("a", "r"));
  EXPECT_TRUE(transport_.requests.at(0).own_connection);
}

TEST_F(AuthClientTest, TheEndOfATokenIsToldInSecondsOrAsATimeOrNotAtAll) {
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

TEST_F(AuthClientTest, ASpentTokenThatIsEchoedIsMasked) {
  const GrantAnswer answer = Refresh(Refused("error_param", absl::StrCat("bad token ", kSpent)));
  EXPECT_THAT(answer.failure.vendor_message, HasSubstr("bad token ***"));
  EXPECT_THAT(answer.failure.vendor_message, Not(HasSubstr(kSpent)));
}

TEST_F(AuthClientTest, AnEchoBehindEscapesIsMaskedToo) {
  for (const std::string echo :
       {R"(\u0073pent-refresh-token)", "%73pent-refresh%2Dtoken", "c3BlbnQtcmVmcmVzaC10b2tlbg"}) {
    const GrantAnswer answer =
        Refresh(Answer(absl::StrCat(R"({"request_id":")", echo, R"(","error":"error_)", echo,
                                    R"(","message":"bad token )", echo, R"("})")));
    for (const std::string& text : {answer.failure.vendor_message, answer.failure.vendor_code,
                                    answer.failure.request_id, answer.request_id}) {
      EXPECT_THAT(text, HasSubstr("***"));
      EXPECT_THAT(text, Not(HasSubstr("resh")));
      EXPECT_THAT(text, Not(HasSubstr("cmVmcmVz")));
    }
  }
}

TEST_F(AuthClientTest, ATokenThatCannotBeUsedIsMaskedInTheTextsBesideIt) {
  const GrantAnswer answer = Refresh(Answer(
      R"({"error":"error_param","message":"gave fresh-access-token","access_token":"fresh-access-token"})"));
  EXPECT_THAT(answer.failure.vendor_message, HasSubstr("gave ***"));
}

TEST_F(AuthClientTest, TheTokenThatWasSentIsKeptWhereThePlatformGivesItAgain) {
  const GrantAnswer answer = Refresh(Granted("fresh-access-token", kSpent));
  ASSERT_EQ(answer.end, GrantEnd::kGranted);
  EXPECT_EQ(answer.grant.refresh_token.Reveal(), kSpent);
  EXPECT_EQ(answer.grant.access_token.Reveal(), "fresh-access-token");
}

}  // namespace
}  // namespace firstmile::testing
