// Authorization codes and the tokens that they are exchanged for.
#include "fixture.h"
#include "token_client.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

class AuthTest : public EmulatorTest {
 protected:
  PartnerCaller Partner() const { return {emulator_.port(), now_.load()}; }

  std::string ErrorOfShopInfo(int64_t shop, const std::string& token) const {
    Caller caller(emulator_.port(), now_.load(), shop);
    caller.access_token = token;
    return Text(caller.Get(kShopInfo), "error");
  }

  std::string ResendCode(const json::object& account) const {
    return Text(
        Connection(emulator_.port()).Send("POST", "/_emulator/resend_code", json::serialize(account)).Json(),
        "resend_code");
  }
};

TEST_F(AuthTest, ACodeIsExchangedForATokenPairOfItsShop) {
  const json::object answer = Partner().Redeem(emulator_.AuthorizeShop(kShop), "shop_id", kShop);
  EXPECT_EQ(Text(answer, "error"), "");
  EXPECT_EQ(Text(answer, "access_token").size(), 32U);
  EXPECT_EQ(Text(answer, "refresh_token").size(), 32U);
  EXPECT_EQ(answer.at("expire_in"), 14400);
  EXPECT_FALSE(answer.contains("response"));
  EXPECT_FALSE(answer.contains("shop_id_list"));
  EXPECT_EQ(ErrorOfShopInfo(kShop, Text(answer, "access_token")), "");
}

TEST_F(AuthTest, ACodeWorksOnce) {
  const std::string code = emulator_.AuthorizeShop(kShop);
  EXPECT_EQ(Text(Partner().Redeem(code, "shop_id", kShop), "error"), "");
  const json::object again = Partner().Redeem(code, "shop_id", kShop);
  EXPECT_EQ(Text(again, "error"), "invalid_code");
  EXPECT_EQ(Text(again, "message"), "The code is expired or used or invalid, please check the code.");
  EXPECT_FALSE(again.contains("access_token"));
}

TEST_F(AuthTest, ACodeExpiresAfterTenMinutes) {
  const std::string first = emulator_.AuthorizeShop(kShop);
  const std::string second = emulator_.AuthorizeShop(kShop);
  now_ += 599;
  EXPECT_EQ(Text(Partner().Redeem(first, "shop_id", kShop), "error"), "");
  now_ += 1;
  EXPECT_EQ(Text(Partner().Redeem(second, "shop_id", kShop), "error"), "invalid_code");
}

TEST_F(AuthTest, ACodeOfAnotherAccountIsRefusedAndNotSpent) {
  const std::string code = emulator_.AuthorizeShop(kShop);
  EXPECT_EQ(Text(Partner().Redeem(code, "shop_id", kShop + 1), "error"), "invalid_shop_id");
  EXPECT_EQ(Text(Partner().Redeem(code, "main_account_id", kCnMainAccount), "error"),
            "invalid_main_acount_id");
  EXPECT_EQ(Text(Partner().Redeem(code, "shop_id", kShop), "error"), "");
}

TEST_F(AuthTest, ATokenCallNamesExactlyOneAccountAndTheSigningPartner) {
  const std::string code = emulator_.AuthorizeShop(kShop);
  const json::object bodies[] = {
      {{"partner_id", 2001887}, {"shop_id", kShop}},
      {{"code", code}, {"shop_id", kShop}},
      {{"code", code}, {"partner_id", 2001888}, {"shop_id", kShop}},
      {{"code", code}, {"partner_id", "2001887"}, {"shop_id", kShop}},
      {{"code", code}, {"partner_id", 2001887}},
      {{"code", code}, {"partner_id", 2001887}, {"shop_id", kShop}, {"main_account_id", kCnMainAccount}},
  };
  for (const json::object& body : bodies) {
    EXPECT_EQ(Text(Partner().Post(kTokenGet, body), "error"), "error_param") << json::serialize(body);
  }
}

TEST_F(AuthTest, AMainAccountGetsOnePairForAllItsShopsAndMerchants) {
  const json::object answer =
      Partner().Redeem(emulator_.AuthorizeMainAccount(kCnMainAccount), "main_account_id", kCnMainAccount);
  const json::array& shops = List(answer, "shop_id_list");
  EXPECT_EQ(List(answer, "merchant_id_list"), json::array{kCnMerchant});
  EXPECT_EQ(shops.front(), kShop);
  EXPECT_EQ(shops.size(), 22U);  // 20 of 25 are in CN, and two special shops
  const std::string token = Text(answer, "access_token");
  for (const json::value& shop : shops) EXPECT_EQ(ErrorOfShopInfo(shop.to_number<int64_t>(), token), "");
  MerchantCaller merchant(emulator_.port(), now_.load());
  merchant.access_token = token;
  EXPECT_EQ(Text(merchant.Get("/api/v2/merchant/get_shop_list_by_merchant",
                              {{"page_no", "1"}, {"page_size", "10"}}),
                 "error"),
            "");
}

TEST_F(AuthTest, AnAccessTokenEndsAfterFourHours) {
  const std::string token =
      Text(Partner().Redeem(emulator_.AuthorizeShop(kShop), "shop_id", kShop), "access_token");
  now_ += 14399;
  EXPECT_EQ(ErrorOfShopInfo(kShop, token), "");
  now_ += 1;
  Caller caller(emulator_.port(), now_.load());
  caller.access_token = token;
  const HttpReply reply = caller.GetRaw(kShopInfo);
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(Text(reply.Json(), "error"), "invalid_acceess_token");
}

TEST_F(AuthTest, AnAccessTokenEndsWithItsAuthorization) {
  const std::string code = emulator_.AuthorizeShop(kShop, 1);
  const json::object first = Partner().Redeem(code, "shop_id", kShop);
  now_ += 86400 - 3600;
  const json::object answer = Partner().Refresh(Text(first, "refresh_token"), "shop_id", kShop);
  EXPECT_EQ(answer.at("expire_in"), 3600);
  now_ += 3600;
  EXPECT_EQ(ErrorOfShopInfo(kShop, Text(answer, "access_token")), "invalid_acceess_token");
}

TEST_F(AuthTest, TheTokensOfTheDefaultWorldDoNotExpire) {
  now_ += 300 * 86400;
  EXPECT_EQ(Text(Caller(emulator_.port(), now_.load()).Get(kShopInfo), "error"), "");
  EXPECT_EQ(emulator_.ShopTokens(kShop).access_expires_at, emulator::kNeverExpires);
}

TEST_F(AuthTest, ATokenSetThroughTheControlApiReplacesTheOldOneAtOnceAndDoesNotExpire) {
  emulator_.SetAccessToken(kShop, "by hand");
  EXPECT_EQ(ErrorOfShopInfo(kShop, "by hand"), "");
  EXPECT_EQ(ErrorOfShopInfo(kShop, shop_.access_token), "invalid_acceess_token");
  now_ += 86400;
  EXPECT_EQ(ErrorOfShopInfo(kShop, "by hand"), "");
}

TEST_F(AuthTest, ATokenIsRejectedForAnotherShop) {
  const std::string token =
      Text(Partner().Redeem(emulator_.AuthorizeShop(kShop), "shop_id", kShop), "access_token");
  EXPECT_EQ(ErrorOfShopInfo(kShop + 1, token), "invalid_acceess_token");
}

TEST_F(AuthTest, ConsentLinksAnUnlinkedShop) {
  constexpr int64_t kUnlinked = 699903;
  const std::string path = kShopInfo;
  EXPECT_EQ(Text(As(kUnlinked).Get(path), "error"), "shop_no_linked");
  const json::object answer = Partner().Redeem(emulator_.AuthorizeShop(kUnlinked), "shop_id", kUnlinked);
  EXPECT_EQ(ErrorOfShopInfo(kUnlinked, Text(answer, "access_token")), "");
}

TEST_F(AuthTest, AnUnknownAccountGetsNoCode) {
  EXPECT_EQ(emulator_.AuthorizeShop(5), "");
  EXPECT_EQ(emulator_.AuthorizeMainAccount(5), "");
}

TEST_F(AuthTest, AResendCodeReplacesALostPairOnce) {
  const std::string code = ResendCode({{"shop_id", kShop}});
  const std::string path = "/api/v2/public/get_token_by_resend_code";
  const json::object answer = Partner().Post(path, {{"resend_code", code}});
  EXPECT_EQ(Text(answer, "error"), "");
  EXPECT_EQ(List(answer, "shop_id_list"), json::array{kShop});
  EXPECT_EQ(List(answer, "merchant_id_list"), json::array());
  EXPECT_EQ(ErrorOfShopInfo(kShop, Text(answer, "access_token")), "");
  EXPECT_EQ(Text(Partner().Refresh(Text(answer, "refresh_token"), "shop_id", kShop), "error"), "");
  EXPECT_EQ(Text(Partner().Post(path, {{"resend_code", code}}), "error"), "error_param");
}

TEST_F(AuthTest, AResendCodeExpiresAfterTenMinutesAndIsNotAnAuthorizationCode) {
  const std::string code = ResendCode({{"main_account_id", kCnMainAccount}});
  ASSERT_NE(code, "");
  EXPECT_EQ(Text(Partner().Redeem(code, "main_account_id", kCnMainAccount), "error"), "invalid_code");
  now_ += 600;
  EXPECT_EQ(Text(Partner().Post("/api/v2/public/get_token_by_resend_code", {{"resend_code", code}}), "error"),
            "error_param");
}

TEST_F(AuthTest, TheJournalShowsNoTokensOrCodes) {
  const std::string code = emulator_.AuthorizeShop(kShop);
  const json::object answer = Partner().Redeem(code, "shop_id", kShop);
  Partner().Refresh(Text(answer, "refresh_token"), "shop_id", kShop);
  const auto journal = emulator_.Journal();
  ASSERT_EQ(journal.size(), 2U);
  EXPECT_EQ(journal[0].body, R"({"code":"***","partner_id":2001887,"shop_id":600000})");
  EXPECT_EQ(journal[1].body, R"({"refresh_token":"***","partner_id":2001887,"shop_id":600000})");
}

TEST_F(AuthTest, TheControlApiIssuesCodesAndShowsTokenPairs) {
  const auto post = [this](const std::string& path, const std::string& body) {
    return Connection(emulator_.port()).Send("POST", path, body);
  };
  const json::object given = post("/_emulator/authorize", R"({"main_account_id":500001,"days":2})").Json();
  const json::object pair = Partner().Redeem(Text(given, "code"), "main_account_id", kCnMainAccount);
  const json::object tokens = Connection(emulator_.port()).Send("GET", "/_emulator/tokens").Json();
  const json::object shop = List(tokens, "shops").front().as_object();
  EXPECT_EQ(shop.at("shop_id"), kShop);
  EXPECT_EQ(Text(shop, "access_token"), Text(pair, "access_token"));
  EXPECT_EQ(Text(shop, "refresh_token"), Text(pair, "refresh_token"));
  EXPECT_EQ(shop.at("access_expires_at"), kNow + 14400);
  EXPECT_EQ(shop.at("authorization_ends_at"), kNow + 2 * 86400);
  EXPECT_EQ(List(tokens, "merchants").front().at("merchant_id"), kCnMerchant);
}

TEST_F(AuthTest, TheControlApiRefusesUnknownAccountsAndInvalidMembers) {
  const auto status = [this](const std::string& path, const std::string& body) {
    return Connection(emulator_.port()).Send("POST", path, body).status;
  };
  for (const std::string path : {"/_emulator/authorize", "/_emulator/resend_code", "/_emulator/expire"}) {
    EXPECT_EQ(status(path, "nonsense"), 400) << path;
    EXPECT_EQ(status(path, R"({"shop_id":"600000"})"), 400) << path;
    EXPECT_EQ(status(path, R"({"shop_id":5})"), 404) << path;
  }
  EXPECT_EQ(status("/_emulator/authorize", R"({"shop_id":600000,"days":366})"), 400);
  EXPECT_EQ(status("/_emulator/resend_code", R"({"shop_id":699903})"), 404);  // not linked
  EXPECT_EQ(status("/_emulator/expire", R"({"shop_id":600000,"what":"everything"})"), 400);
}

TEST_F(AuthTest, EqualRunsGiveEqualTokens) {
  emulator::Emulator other;
  EXPECT_EQ(other.AuthorizeShop(kShop), emulator_.AuthorizeShop(kShop));
}

}  // namespace
}  // namespace emulator_test
