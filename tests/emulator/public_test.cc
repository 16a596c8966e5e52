// The lists of a partner, and the signature of partner calls.
#include <algorithm>

#include "fixture.h"
#include "token_client.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kShops = "/api/v2/public/get_shops_by_partner";
const std::string kMerchants = "/api/v2/public/get_merchants_by_partner";

class PublicTest : public EmulatorTest {
 protected:
  PartnerCaller Partner() const { return {emulator_.port(), now_.load()}; }

  json::object Page(int number, int size) const {
    return Partner().Get(kShops, {{"page_no", std::to_string(number)}, {"page_size", std::to_string(size)}});
  }
};

TEST_F(PublicTest, TheShopsOfAPartnerAreListedInPages) {
  std::vector<int64_t> seen;
  json::object page;
  int number = 0;
  do {
    page = Page(++number, 10);
    for (const json::value& shop : List(page, "authed_shop_list")) {
      seen.push_back(shop.at("shop_id").to_number<int64_t>());
    }
  } while (page.at("more").get_bool());
  EXPECT_EQ(number, 3);
  EXPECT_EQ(seen.size(), 28U);  // 25 and three special shops; one is not linked
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_TRUE(List(Page(4, 10), "authed_shop_list").empty());
}

TEST_F(PublicTest, AShopShowsItsRegionAndTheTimesOfItsAuthorization) {
  const json::object shop = List(Page(1, 1), "authed_shop_list").front().as_object();
  EXPECT_EQ(shop.at("shop_id"), kShop);
  EXPECT_EQ(shop.at("region"), "CN");
  EXPECT_EQ(shop.at("auth_time"), kNow - 30 * 86400);
  EXPECT_EQ(shop.at("expire_time"), kNow + 335 * 86400);
  EXPECT_EQ(shop.at("sip_affi_shops"), json::array());
}

TEST_F(PublicTest, ShopsWhoseAuthorizationEndedAreNotListed) {
  now_ += 335 * 86400;
  EXPECT_TRUE(List(Page(1, 100), "authed_shop_list").empty());
  emulator_.AuthorizeShop(kShop + 4);
  const json::object page = Page(1, 100);
  const json::array& shops = List(page, "authed_shop_list");
  ASSERT_EQ(shops.size(), 1U);
  EXPECT_EQ(shops[0].at("shop_id"), kShop + 4);
  EXPECT_EQ(shops[0].at("region"), "KR");
}

TEST_F(PublicTest, PagesAreNumberedFromOneAndHaveAtMostAHundredRows) {
  for (const Params& params : std::vector<Params>{{{"page_no", "0"}},
                                                  {{"page_no", "-1"}},
                                                  {{"page_no", "x"}},
                                                  {{"page_size", "101"}},
                                                  {{"page_size", "0"}}}) {
    EXPECT_EQ(Text(Partner().Get(kShops, params), "error"), "error_param") << params[0].second;
    EXPECT_EQ(Text(Partner().Get(kMerchants, params), "error"), "error_param") << params[0].second;
  }
  EXPECT_EQ(List(Partner().Get(kShops), "authed_shop_list").size(), 10U);
}

TEST_F(PublicTest, TheMerchantsOfAPartnerAreListed) {
  const json::object answer = Partner().Get(kMerchants);
  const json::array& merchants = List(answer, "authed_merchant_list");
  ASSERT_EQ(merchants.size(), 2U);
  EXPECT_EQ(merchants[0].at("merchant_id"), kCnMerchant);
  EXPECT_EQ(merchants[0].at("region"), "CN");
  EXPECT_EQ(merchants[1].at("region"), "KR");
  EXPECT_EQ(answer.at("more"), false);
}

TEST_F(PublicTest, TheSourceAddressesOfPushesAreRanges) {
  const json::object answer = Partner().Get("/api/v2/public/get_shopee_ip_ranges");
  EXPECT_EQ(List(answer, "ip_list").front(), "127.0.0.0/8");
}

TEST_F(PublicTest, OnlyPartnerPathAndTimeAreSigned) {
  const Params extra = {{"access_token", ""}, {"shop_id", "600000"}, {"page_size", "1"}};
  EXPECT_EQ(Text(Partner().Get(kShops, extra), "error"), "");
  EXPECT_EQ(Text(shop_.Get(kShops), "error"), "error_sign");  // signed as a shop
}

TEST_F(PublicTest, ThePartnersChecksApply) {
  PartnerCaller late = Partner();
  late.now -= 301;
  EXPECT_EQ(Text(late.Get(kShops), "message"), "Timestamp is expired.");
  EXPECT_EQ(Text(Connection(emulator_.port()).Send("GET", kShops).Json(), "message"),
            "There is no partner_id in query.");
  EXPECT_EQ(Text(Partner().Post(kShops, {}), "error"), "error_param");
}

}  // namespace
}  // namespace emulator_test
