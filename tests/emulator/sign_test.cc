#include "emulator/sign.h"

#include <gtest/gtest.h>

#include <string>

#include "client.h"

namespace emulator_test {
namespace {

struct Vector {
  const char* id;
  const char* key;
  const char* base;
  const char* sign;
};

constexpr char kHexKey[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
constexpr char kShpkKey[] = "shpk0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab";

constexpr Vector kVectors[] = {
    {"shop-1", kDemoKey,
     "2001887/api/v2/shop/get_shop_info165571443159777174636562737266615546704c6d14701711",
     "b914bea03c13799deb036bb9d10e689f5a6bade160c44af568646f1ef7d796c1"},
    {"merchant-1", kDemoKey,
     "2001887/api/v2/global_product/get_category165571443109777174636962737266615546704c6d1000000",
     "a50a2229b148e76048e21ad69a9d619885a21bd4aa7738bc524e1207df73a151"},
    {"public-1", kDemoKey, "2001887/api/v2/public/get_shops_by_partner1655714431",
     "60ab8c4a535009ab33b8a0029ee18a667ef6eaeb16481ed3d573a5059122d4df"},
    {"push-1", kDemoKey, "https://example.com/shopee/push|{\"shop_id\":123,\"code\":1}",
     "5f2ca9f6c64e58aa5af5d28ae9e62a49363df59072cdc501232e444720923f89"},
    {"push-2", kDemoKey,
     "https://example.com/shopee/push|{\"shop_id\": 123, \"code\": 1, \"success\": 1, \"extra\": \"shop_id "
     "123 is "
     "authorized successfully\", \"data\": {\"more_info\": \"more info\"}, \"timestamp\": 1470198856}",
     "5d72f98932c644f0911b33571b2e0a37e2b3217600a41c08ba02a847b46e715e"},
    {"own-push-37", kShpkKey,
     "https://hook.example.test/shopee|{\"data\":{\"binding_id\":\"DCN000000000000AA\","
     "\"first_mile_tracking_number\":\"\",\"status\":\"ORDER_CREATED\",\"update_time\":1700000000},"
     "\"shop_id\":200001,\"code\":37,\"timestamp\":1700000001}",
     "bab67f55e28c7c7009628f0aa555a4139a1c1614cb941a3d876cbaa34bd8393d"},
    {"own-push-utf8", kShpkKey, "https://hook.example.test/shopee|{\"note\":\"包裹\"}",
     "0522b643edab159ae62959fc86fcad6ab4d2cff0caff54a2445336d6ff567737"},
    {"own-shop-hexkey", kHexKey,
     "1000001/api/v2/first_mile/get_detail1700000000aaaabbbbccccddddeeeeffff00001111200001",
     "0dd5abfe29f4fc4ca4a68defb324549b4325fc2167bdd53daf5a6ee2245da312"},
    {"own-shop-shpk", kShpkKey,
     "1000001/api/v2/first_mile/"
     "bind_first_mile_tracking_number1700000000aaaabbbbccccddddeeeeffff00001111200001",
     "591578d0a1a6e25fb319fff698387e4d91ccaeac8d7a182a86c4e3c609346110"},
    {"own-merchant-shpk", kShpkKey,
     "1000001/api/v2/merchant/"
     "get_merchant_prepaid_account_list1700000000aaaabbbbccccddddeeeeffff00001111300001",
     "5f1d29b705bef380d40c4f3710f33b9a7c4e31e6aed22152a2f8b0251682cc16"},
    {"own-token-get", kShpkKey, "1000001/api/v2/auth/token/get1700000000",
     "d8963b6dcfea44dd0cd7dc61e2672e93579cdfaa9e9a3e037d0f0c8803de2c4a"},
};

TEST(Sign, MatchesThePublishedVectors) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(emulator::Sign(vector.key, vector.base), vector.sign) << vector.id;
    EXPECT_EQ(HmacHex(vector.key, vector.base), vector.sign) << vector.id << ", the signer of these tests";
  }
}

TEST(Sign, ComparesWholeSecrets) {
  EXPECT_TRUE(emulator::SameSecret("abc", "abc"));
  EXPECT_FALSE(emulator::SameSecret("abc", "abd"));
  EXPECT_FALSE(emulator::SameSecret("abc", "ab"));
  EXPECT_FALSE(emulator::SameSecret("", "a"));
}

}  // namespace
}  // namespace emulator_test
