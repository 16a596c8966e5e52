// The calls of a merchant, and get_shop_info.
#include "fixture.h"
#include "token_client.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kShopList = "/api/v2/merchant/get_shop_list_by_merchant";
const std::string kPrepaidAccounts = "/api/v2/merchant/get_merchant_prepaid_account_list";
const Params kFirstPage = {{"page_no", "1"}, {"page_size", "500"}};

class MerchantTest : public EmulatorTest {
 protected:
  MerchantCaller Merchant() const { return MerchantCaller(emulator_.port(), now_.load()); }
};

TEST_F(MerchantTest, ListsItsShopsInPages) {
  const json::object all = Merchant().Get(kShopList, kFirstPage);
  EXPECT_EQ(List(all, "shop_list").size(), 22U);
  EXPECT_EQ(List(all, "shop_list").front().at("shop_id"), kShop);
  EXPECT_EQ(all.at("more"), false);
  const json::object last = Merchant().Get(kShopList, {{"page_no", "3"}, {"page_size", "10"}});
  EXPECT_EQ(List(last, "shop_list").size(), 2U);
  EXPECT_EQ(Merchant().Get(kShopList, {{"page_no", "2"}, {"page_size", "11"}}).at("more"), false);
  EXPECT_EQ(Merchant().Get(kShopList, {{"page_no", "2"}, {"page_size", "10"}}).at("more"), true);
}

TEST_F(MerchantTest, PageNumberAndSizeAreRequired) {
  EXPECT_EQ(Text(Merchant().Get(kShopList, {{"page_no", "1"}}), "message"),
            "Wrong parameters, detail: page_size is a required field.");
  EXPECT_EQ(Text(Merchant().Get(kShopList, {{"page_size", "1"}}), "message"),
            "Wrong parameters, detail: page_no is a required field.");
  EXPECT_EQ(Text(Merchant().Get(kShopList, {{"page_no", "1"}, {"page_size", "501"}}), "error"),
            "error_param");
}

TEST_F(MerchantTest, ListsThePrepaidAccountThatCourierDeliveryTakes) {
  const Params page = {{"page_no", "1"}, {"page_size", "10"}};
  const json::object answer = Response(Merchant().Get(kPrepaidAccounts, page));
  EXPECT_EQ(answer.at("total"), 1);
  EXPECT_EQ(answer.at("more"), false);
  const json::object account = List(answer, "list").at(0).as_object();
  EXPECT_EQ(account.at("prepaid_account_id"), 21);
  EXPECT_EQ(account.at("prepaid_account_is_default"), true);
  EXPECT_EQ(Text(account, "prepaid_account_partner_secret").substr(0, 8), "********");
  const Params second = {{"page_no", "2"}, {"page_size", "10"}};
  EXPECT_TRUE(List(Response(Merchant().Get(kPrepaidAccounts, second)), "list").empty());
}

TEST_F(MerchantTest, PrepaidAccountsNeedAPageOfAtMostTen) {
  EXPECT_EQ(Text(Merchant().Get(kPrepaidAccounts, {{"page_no", "1"}}), "message"),
            "Wrong parameters, detail: page_size is a required field.");
  EXPECT_EQ(Text(Merchant().Get(kPrepaidAccounts, {{"page_no", "1"}, {"page_size", "11"}}), "error"),
            "error_param");
}

TEST_F(MerchantTest, AMerchantWithoutCourierDeliveryHasNoPrepaidAccount) {
  const MerchantCaller korean(emulator_.port(), kNow, kCnMerchant + 1);
  EXPECT_EQ(Response(korean.Get(kPrepaidAccounts, {{"page_no", "1"}, {"page_size", "10"}})).at("total"), 0);
}

TEST_F(MerchantTest, AnUnknownMerchantIsNotLinked) {
  const json::object refused = MerchantCaller(emulator_.port(), kNow, 5).Get(kShopList, kFirstPage);
  EXPECT_EQ(Text(refused, "error"), "merchant_no_linked");
  EXPECT_EQ(Text(refused, "message"), "Partner and merchant has no linked.");
}

TEST_F(MerchantTest, AShopsTokenIsRejectedForAMerchant) {
  MerchantCaller caller = Merchant();
  caller.access_token = shop_.access_token;
  const HttpReply reply = caller.GetRaw(kShopList, kFirstPage);
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(Text(reply.Json(), "error"), "invalid_acceess_token");
}

TEST_F(MerchantTest, AMerchantsTokenIsRejectedForAShop) {
  shop_.access_token = Merchant().access_token;
  EXPECT_EQ(Text(shop_.Get(kShopInfo), "error"), "invalid_acceess_token");
}

TEST_F(MerchantTest, TheMerchantIdIsRequiredAndMustBeANumber) {
  MerchantCaller caller = Merchant();
  caller.merchant_id = "";
  EXPECT_EQ(Text(caller.Get(kShopList, kFirstPage), "message"), "There is no merchant_id in query.");
  caller.merchant_id = "4294967296";
  EXPECT_EQ(Text(caller.Get(kShopList, kFirstPage), "message"),
            "merchant_id is invalid, should be an integer between 0 and 4294967295.");
  caller = Merchant();
  caller.access_token = "";
  EXPECT_EQ(Text(caller.Get(kShopList, kFirstPage), "message"), "There is no access_token in query.");
}

TEST_F(MerchantTest, ACallSignedAsAShopHasAWrongSign) {
  EXPECT_EQ(
      Text(shop_.Get(kShopList, {{"merchant_id", "1000001"}, {"page_no", "1"}, {"page_size", "1"}}), "error"),
      "error_sign");
}

TEST_F(MerchantTest, ShopInfoIsAtTheTopLevel) {
  const json::object info = shop_.Get(kShopInfo);
  EXPECT_EQ(Text(info, "error"), "");
  EXPECT_FALSE(info.contains("response"));
  EXPECT_EQ(info.at("region"), "CN");
  EXPECT_EQ(info.at("status"), "NORMAL");
  EXPECT_EQ(info.at("is_cb"), true);
  EXPECT_EQ(info.at("merchant_id"), kCnMerchant);
  EXPECT_EQ(info.at("auth_time"), kNow - 30 * 86400);
  EXPECT_EQ(info.at("expire_time"), kNow + 335 * 86400);
}

}  // namespace
}  // namespace emulator_test
