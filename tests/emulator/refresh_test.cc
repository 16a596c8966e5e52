// The refresh of a token pair: single use, grace, races, expiry.
#include <algorithm>
#include <latch>
#include <set>
#include <thread>

#include "fixture.h"
#include "token_client.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

class RefreshTest : public EmulatorTest {
 protected:
  RefreshTest() = default;
  explicit RefreshTest(emulator::Options options) : EmulatorTest(std::move(options)) {}

  PartnerCaller Partner() const { return {emulator_.port(), now_.load()}; }

  json::object Refresh(const std::string& token, int64_t shop = kShop) const {
    return Partner().Refresh(token, "shop_id", shop);
  }

  std::string ErrorOfShopInfo(const std::string& token, int64_t shop = kShop) const {
    Caller caller(emulator_.port(), now_.load(), shop);
    caller.access_token = token;
    return Text(caller.Get(kShopInfo), "error");
  }

  void Expire(const std::string& what) const {
    const json::object body = {{"shop_id", kShop}, {"what", what}};
    const HttpReply reply =
        Connection(emulator_.port()).Send("POST", "/_emulator/expire", json::serialize(body));
    ASSERT_EQ(reply.status, 200) << reply.body;
  }
};

TEST_F(RefreshTest, ReturnsANewPairAndItsSubject) {
  const json::object answer = Refresh(FirstRefreshToken(kShop));
  EXPECT_EQ(Text(answer, "error"), "");
  EXPECT_EQ(answer.at("partner_id"), 2001887);
  EXPECT_EQ(answer.at("shop_id"), kShop);
  EXPECT_EQ(answer.at("expire_in"), 14400);
  EXPECT_EQ(Text(answer, "access_token").size(), 32U);
  EXPECT_NE(Text(answer, "refresh_token"), FirstRefreshToken(kShop));
  EXPECT_EQ(ErrorOfShopInfo(Text(answer, "access_token")), "");
  EXPECT_EQ(emulator_.ShopTokens(kShop).refresh_token, Text(answer, "refresh_token"));
}

TEST_F(RefreshTest, ARefreshTokenWorksOnce) {
  Refresh(FirstRefreshToken(kShop));
  const json::object again = Refresh(FirstRefreshToken(kShop));
  EXPECT_EQ(Text(again, "error"), "error_shop_refresh_token");
  EXPECT_EQ(Text(again, "message"), "Your refresh token is error ,please check refresh token or shopid.");
  EXPECT_FALSE(again.contains("access_token"));
  EXPECT_EQ(emulator_.ShopTokens(kShop).lost_refreshes, 1U);
}

TEST_F(RefreshTest, EachNewPairCanBeRefreshed) {
  std::string token = FirstRefreshToken(kShop);
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const json::object answer = Refresh(token);
    ASSERT_EQ(Text(answer, "error"), "") << i;
    token = Text(answer, "refresh_token");
    EXPECT_TRUE(seen.insert(token).second);
    EXPECT_TRUE(seen.insert(Text(answer, "access_token")).second);
  }
  EXPECT_EQ(emulator_.ShopTokens(kShop).refreshes, 50U);
}

TEST_F(RefreshTest, AnUnknownTokenAndAnotherShopsTokenGiveTheSameError) {
  EXPECT_EQ(Text(Refresh("nonsense"), "error"), "error_shop_refresh_token");
  EXPECT_EQ(Text(Refresh(FirstRefreshToken(kShop + 1)), "error"), "error_shop_refresh_token");
  EXPECT_EQ(Text(Partner().Refresh("nonsense", "merchant_id", kCnMerchant), "error"),
            "error_merchant_refresh_token");
  EXPECT_EQ(Text(Refresh(FirstRefreshToken(kShop)), "error"), "");
  EXPECT_EQ(emulator_.ShopTokens(kShop).other_failed_refreshes, 2U);
}

TEST_F(RefreshTest, TheReplacedAccessTokenIsValidForFiveMoreMinutes) {
  Refresh(FirstRefreshToken(kShop));
  EXPECT_EQ(emulator_.ShopTokens(kShop).grace_tokens, std::vector<std::string>{shop_.access_token});
  now_ += 299;
  EXPECT_EQ(ErrorOfShopInfo(shop_.access_token), "");
  now_ += 1;
  EXPECT_EQ(ErrorOfShopInfo(shop_.access_token), "invalid_acceess_token");
  EXPECT_EQ(ErrorOfShopInfo(emulator_.ShopTokens(kShop).access_token), "");
}

TEST_F(RefreshTest, GraceDoesNotExtendATokenThatExpiresSooner) {
  const json::object first = Refresh(FirstRefreshToken(kShop));
  now_ += 14400 - 60;
  Refresh(Text(first, "refresh_token"));
  now_ += 59;
  EXPECT_EQ(ErrorOfShopInfo(Text(first, "access_token")), "");
  now_ += 1;
  EXPECT_EQ(ErrorOfShopInfo(Text(first, "access_token")), "invalid_acceess_token");
}

TEST_F(RefreshTest, ARefreshTokenExpiresAfterThirtyDays) {
  const json::object first = Refresh(FirstRefreshToken(kShop));
  now_ += 30 * 86400 - 1;
  const json::object second = Refresh(Text(first, "refresh_token"));
  EXPECT_EQ(Text(second, "error"), "");
  now_ += 30 * 86400;
  const json::object late = Refresh(Text(second, "refresh_token"));
  EXPECT_EQ(Text(late, "error"), "refresh_token_expired");
  EXPECT_EQ(Text(late, "message"), "Your refresh_token expired.");
}

TEST_F(RefreshTest, ARefreshFailsAfterTheAuthorizationEnded) {
  Expire("authorization");
  EXPECT_EQ(Text(Refresh(FirstRefreshToken(kShop)), "error"), "shop_access_expired");
  const std::string code = emulator_.AuthorizeShop(kShop);
  const json::object pair = Partner().Redeem(code, "shop_id", kShop);
  EXPECT_EQ(Text(Refresh(Text(pair, "refresh_token")), "error"), "");
}

TEST_F(RefreshTest, TheControlApiExpiresTokensAndAuthorizations) {
  Expire("access_token");
  EXPECT_EQ(ErrorOfShopInfo(shop_.access_token), "invalid_acceess_token");
  Expire("refresh_token");
  EXPECT_EQ(Text(Refresh(FirstRefreshToken(kShop)), "error"), "refresh_token_expired");
}

TEST_F(RefreshTest, UnlinkedAndBannedShopsGetTheirOwnErrors) {
  EXPECT_EQ(Text(Refresh(FirstRefreshToken(699903), 699903), "error"), "shop_no_linked");
  EXPECT_EQ(Text(Refresh(FirstRefreshToken(5), 5), "error"), "shop_no_linked");
  EXPECT_EQ(Text(Refresh(FirstRefreshToken(699902), 699902), "error"), "shop_banned");
  EXPECT_EQ(Text(Partner().Refresh("x", "merchant_id", 5), "error"), "merchant_no_linked");
  EXPECT_EQ(Text(Partner().Refresh("x", "supplier_id", 5), "error"), "supplier_no_linked");
  EXPECT_EQ(Text(Partner().Refresh("x", "user_id", 5), "error"), "error_param");
}

TEST_F(RefreshTest, RequiresExactlyOneSubject) {
  const std::string token = FirstRefreshToken(kShop);
  EXPECT_EQ(Text(Partner().Post(kRefresh, {{"refresh_token", token}, {"partner_id", 2001887}}), "error"),
            "error_param");
  EXPECT_EQ(Text(Partner().Post(kRefresh, {{"refresh_token", token},
                                           {"partner_id", 2001887},
                                           {"shop_id", kShop},
                                           {"merchant_id", kCnMerchant}}),
                 "error"),
            "error_param");
  EXPECT_EQ(Text(Refresh(token), "error"), "");
}

TEST_F(RefreshTest, AMerchantRefreshesSeparatelyFromItsShops) {
  const json::object answer = Partner().Refresh(FirstRefreshToken(kCnMerchant), "merchant_id", kCnMerchant);
  EXPECT_EQ(Text(answer, "error"), "");
  EXPECT_EQ(answer.at("merchant_id"), kCnMerchant);
  EXPECT_EQ(ErrorOfShopInfo(Text(answer, "access_token")), "invalid_acceess_token");
  EXPECT_EQ(emulator_.MerchantTokens(kCnMerchant).refreshes, 1U);
  EXPECT_EQ(emulator_.ShopTokens(kShop).refreshes, 0U);
}

TEST_F(RefreshTest, AMainAccountsFirstTokenWorksOnceForEachShopAndMerchant) {
  const json::object first =
      Partner().Redeem(emulator_.AuthorizeMainAccount(kCnMainAccount), "main_account_id", kCnMainAccount);
  const std::string shared = Text(first, "refresh_token");
  std::set<std::string> own;
  for (const json::value& id : List(first, "shop_id_list")) {
    const int64_t shop = id.to_number<int64_t>();
    const json::object answer = Refresh(shared, shop);
    ASSERT_EQ(Text(answer, "error"), "") << shop;
    own.insert(Text(answer, "refresh_token"));
    EXPECT_EQ(Text(Refresh(shared, shop), "error"), "error_shop_refresh_token") << shop;
    EXPECT_EQ(ErrorOfShopInfo(Text(answer, "access_token"), shop), "");
  }
  EXPECT_EQ(own.size(), List(first, "shop_id_list").size());
  EXPECT_EQ(Text(Partner().Refresh(shared, "merchant_id", kCnMerchant), "error"), "");
  EXPECT_EQ(Text(Partner().Refresh(shared, "merchant_id", kCnMerchant), "error"),
            "error_merchant_refresh_token");
}

TEST_F(RefreshTest, ANewAuthorizationEndsTheOldRefreshToken) {
  Partner().Redeem(emulator_.AuthorizeShop(kShop), "shop_id", kShop);
  EXPECT_EQ(Text(Refresh(FirstRefreshToken(kShop)), "error"), "error_shop_refresh_token");
}

TEST_F(RefreshTest, AResetRestoresTheInitialTokens) {
  Refresh(FirstRefreshToken(kShop));
  emulator_.Reset();
  EXPECT_EQ(ErrorOfShopInfo(shop_.access_token), "");
  EXPECT_EQ(Text(Refresh(FirstRefreshToken(kShop)), "error"), "");
}

emulator::Options OfTwoThreads() {
  emulator::Options options;
  options.threads = 2;
  return options;
}

emulator::Options OfGrace() {
  emulator::Options options;
  options.spent_refresh_grace = std::chrono::hours(4);
  return options;
}

class SpentTokenInGraceTest : public RefreshTest {
 protected:
  SpentTokenInGraceTest() : RefreshTest(OfGrace()) {}
};

TEST_F(SpentTokenInGraceTest, ReturnsTheSamePairUntilTheGraceEnds) {
  const json::object pair = Refresh(FirstRefreshToken(kShop));
  now_ += 4 * 3600 - 1;
  const json::object again = Refresh(FirstRefreshToken(kShop));
  EXPECT_EQ(Text(again, "access_token"), Text(pair, "access_token"));
  EXPECT_EQ(Text(again, "refresh_token"), Text(pair, "refresh_token"));
  EXPECT_EQ(again.at("expire_in"), 1);
  now_ += 1;
  EXPECT_EQ(Text(Refresh(FirstRefreshToken(kShop)), "error"), "error_shop_refresh_token");
  const emulator::TokenState state = emulator_.ShopTokens(kShop);
  EXPECT_EQ(state.refreshes, 1U);
  EXPECT_EQ(state.repeated_refreshes, 1U);
  EXPECT_EQ(state.lost_refreshes, 1U);
}

TEST_F(SpentTokenInGraceTest, IsRejectedOnceItsPairWasRefreshed) {
  const json::object pair = Refresh(FirstRefreshToken(kShop));
  const json::object next = Refresh(Text(pair, "refresh_token"));
  EXPECT_EQ(Text(Refresh(FirstRefreshToken(kShop)), "error"), "error_shop_refresh_token");
  EXPECT_EQ(Text(Refresh(Text(pair, "refresh_token")), "access_token"), Text(next, "access_token"));
}

TEST_F(SpentTokenInGraceTest, IsRejectedForAnotherShop) {
  Refresh(FirstRefreshToken(kShop));
  EXPECT_EQ(Text(Refresh(FirstRefreshToken(kShop), kShop + 1), "error"), "error_shop_refresh_token");
}

class RacingRefreshTest : public RefreshTest {
 protected:
  RacingRefreshTest() : RefreshTest(OfTwoThreads()) {}
};

TEST_F(RacingRefreshTest, OneOfAHundredConcurrentRefreshesSucceeds) {
  constexpr int kRacers = 100;
  std::vector<std::string> errors(kRacers);
  std::latch start(kRacers);
  {
    std::vector<std::jthread> racers;
    racers.reserve(kRacers);
    for (int i = 0; i < kRacers; ++i) {
      racers.emplace_back([&, i] {
        start.arrive_and_wait();
        errors[static_cast<std::size_t>(i)] = Text(Refresh(FirstRefreshToken(kShop)), "error");
      });
    }
  }
  EXPECT_EQ(std::count(errors.begin(), errors.end(), ""), 1);
  EXPECT_EQ(std::count(errors.begin(), errors.end(), "error_shop_refresh_token"), kRacers - 1);
  const emulator::TokenState state = emulator_.ShopTokens(kShop);
  EXPECT_EQ(state.refreshes, 1U);
  EXPECT_EQ(state.lost_refreshes, 99U);
  EXPECT_EQ(state.spent_refresh_tokens, std::vector<std::string>{FirstRefreshToken(kShop)});
}

emulator::Options OfShortLives() {
  emulator::Options options;
  options.access_token_life = std::chrono::seconds(10);
  options.refresh_token_life = std::chrono::seconds(20);
  options.token_grace = std::chrono::seconds(0);
  return options;
}

class ShortLivesTest : public RefreshTest {
 protected:
  ShortLivesTest() : RefreshTest(OfShortLives()) {}
};

TEST_F(ShortLivesTest, LivesOfTokensAreConfigurable) {
  const json::object pair = Refresh(FirstRefreshToken(kShop));
  EXPECT_EQ(pair.at("expire_in"), 10);
  EXPECT_EQ(ErrorOfShopInfo(shop_.access_token), "invalid_acceess_token");
  now_ += 10;
  EXPECT_EQ(ErrorOfShopInfo(Text(pair, "access_token")), "invalid_acceess_token");
  now_ += 10;
  EXPECT_EQ(Text(Refresh(Text(pair, "refresh_token")), "error"), "refresh_token_expired");
}

}  // namespace
}  // namespace emulator_test
