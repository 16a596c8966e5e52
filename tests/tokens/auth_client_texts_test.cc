// Errors of token calls quote Shopee and never its tokens.
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

using AuthClientTextsTest = AuthClientCase;

TEST_F(AuthClientTextsTest, TheFirstWordsOfAForeignAnswerAreShown) {
  EXPECT_THAT(Refresh(Answer("upstream connect error", 503, "text/plain")).failure.vendor_message,
              HasSubstr("upstream connect error"));
  EXPECT_THAT(Refresh(Answer(R"({"message":"Forbidden by rule 7"})", 403)).failure.vendor_message,
              HasSubstr("Forbidden by rule 7"));
  for (const char* cut :
       {R"({"access_token":"new-access-token","refresh_token":"new-ref)",
        R"({'access_token':'new-access-token','refresh_token':'new-ref)",
        R"({"data":{"access_token":"new-access-token","refresh_token":"new-ref"}})",
        "access_token=new-access-token&refresh_token=new-ref", "the token spent-refresh-token is unknown"}) {
    const GrantAnswer answer = Refresh(Answer(cut));
    EXPECT_EQ(answer.end, GrantEnd::kUnknown) << cut;
    for (const char* secret : {"new-acc", "new-ref", kSpent}) {
      EXPECT_THAT(answer.failure.vendor_message, Not(HasSubstr(secret))) << cut;
    }
  }
}

TEST_F(AuthClientTextsTest, AUsedTokenThatIsEchoedIsMasked) {
  const GrantAnswer answer = Refresh(Refused("error_param", absl::StrCat("bad token ", kSpent)));
  EXPECT_THAT(answer.failure.vendor_message, HasSubstr("bad token ***"));
  EXPECT_THAT(answer.failure.vendor_message, Not(HasSubstr(kSpent)));
}

TEST_F(AuthClientTextsTest, AnEchoBehindEscapesIsMaskedToo) {
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

TEST_F(AuthClientTextsTest, ATokenThatCannotBeUsedIsMaskedInTheTextsBesideIt) {
  const GrantAnswer answer = Refresh(Answer(
      R"({"error":"error_param","message":"gave fresh-access-token","access_token":"fresh-access-token"})"));
  EXPECT_THAT(answer.failure.vendor_message, HasSubstr("gave ***"));
}

TEST_F(AuthClientTextsTest, TheTokenThatWasSentIsKeptWhereShopeeGivesItAgain) {
  const GrantAnswer answer = Refresh(Granted("fresh-access-token", kSpent));
  ASSERT_EQ(answer.end, GrantEnd::kGranted);
  EXPECT_EQ(answer.grant.refresh_token.Reveal(), kSpent);
  EXPECT_EQ(answer.grant.access_token.Reveal(), "fresh-access-token");
}

}  // namespace
}  // namespace firstmile::testing
