#include "signing/signer.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <ostream>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace firstmile::signing {
namespace {

// The demo key of Shopee's public PHP sample, not a real credential.
constexpr char kDemoKey[] = "57615053704d6470644f554a78656d50484143644964436a5568777544524579";
constexpr char kHexKey[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
constexpr char kShpkKey[] = "shpk0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab";

struct Vector {
  const char* name;
  const char* key;
  std::int64_t partner_id;
  const char* path;
  std::int64_t timestamp;
  const char* parameter;
  const char* token;
  std::int64_t subject;
  const char* sign;
};

// Published vectors first, then our own with fake keys; all verified with an independent HMAC.
constexpr Vector kVectors[] = {
    {"PublishedShop", kDemoKey, 2001887, "/api/v2/shop/get_shop_info", 1655714431, "shop_id",
     "59777174636562737266615546704c6d", 14701711,
     "b914bea03c13799deb036bb9d10e689f5a6bade160c44af568646f1ef7d796c1"},
    {"PublishedMerchant", kDemoKey, 2001887, "/api/v2/global_product/get_category", 1655714431, "merchant_id",
     "09777174636962737266615546704c6d", 1000000,
     "a50a2229b148e76048e21ad69a9d619885a21bd4aa7738bc524e1207df73a151"},
    {"PublishedPublic", kDemoKey, 2001887, "/api/v2/public/get_shops_by_partner", 1655714431, "", "", 0,
     "60ab8c4a535009ab33b8a0029ee18a667ef6eaeb16481ed3d573a5059122d4df"},
    {"OwnShopWithHexKey", kHexKey, 1000001, "/api/v2/first_mile/get_detail", 1700000000, "shop_id",
     "aaaabbbbccccddddeeeeffff00001111", 200001,
     "0dd5abfe29f4fc4ca4a68defb324549b4325fc2167bdd53daf5a6ee2245da312"},
    {"OwnShopWithShpkKey", kShpkKey, 1000001, "/api/v2/first_mile/bind_first_mile_tracking_number",
     1700000000, "shop_id", "aaaabbbbccccddddeeeeffff00001111", 200001,
     "591578d0a1a6e25fb319fff698387e4d91ccaeac8d7a182a86c4e3c609346110"},
    {"OwnMerchantWithShpkKey", kShpkKey, 1000001, "/api/v2/merchant/get_merchant_prepaid_account_list",
     1700000000, "merchant_id", "aaaabbbbccccddddeeeeffff00001111", 300001,
     "5f1d29b705bef380d40c4f3710f33b9a7c4e31e6aed22152a2f8b0251682cc16"},
    {"OwnTokenGet", kShpkKey, 1000001, "/api/v2/auth/token/get", 1700000000, "", "", 0,
     "d8963b6dcfea44dd0cd7dc61e2672e93579cdfaa9e9a3e037d0f0c8803de2c4a"},
    {"OwnTokenRefresh", kShpkKey, 1000001, "/api/v2/auth/access_token/get", 1700000000, "", "", 0,
     "eebb2fb09ab0149e3ff4cf07ecd95965b3655ceb484f3c475447ee5b39322769"},
};

void PrintTo(const Vector& vector, std::ostream* out) {
  *out << vector.name;
}

class SignerVector : public ::testing::TestWithParam<Vector> {};

TEST_P(SignerVector, Matches) {
  const Vector& vector = GetParam();
  const Signer signer(vector.partner_id, secrets::Secret(std::string(vector.key)));
  const Subject subject{vector.parameter, vector.subject, secrets::Secret(std::string(vector.token))};
  EXPECT_EQ(signer.Sign(vector.path, vector.timestamp, subject).Reveal(), vector.sign);
}

INSTANTIATE_TEST_SUITE_P(Signer, SignerVector, ::testing::ValuesIn(kVectors),
                         [](const auto& info) { return info.param.name; });

TEST(Signer, PushVectorsMatch) {
  EXPECT_EQ(HmacSha256Hex(kDemoKey, "https://example.com/shopee/push|{\"shop_id\":123,\"code\":1}"),
            "5f2ca9f6c64e58aa5af5d28ae9e62a49363df59072cdc501232e444720923f89");
  EXPECT_EQ(HmacSha256Hex(kShpkKey, "https://hook.example.test/shopee|{\"note\":\"包裹\"}"),
            "0522b643edab159ae62959fc86fcad6ab4d2cff0caff54a2445336d6ff567737");
}

std::string OneShotHex(absl::string_view key, absl::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned bytes = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(), &bytes);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), bytes});
}

TEST(Signer, KeysOfAllLengthsTakeTurnsAndEachSignsAsIfItWereTheOnlyOne) {
  for (int round = 0; round < 2; ++round) {
    for (const std::size_t bytes : {0U, 1U, 8U, 63U, 64U, 65U, 200U, 0U, 64U}) {
      const std::string key(bytes, static_cast<char>('a' + round));
      EXPECT_EQ(HmacSha256Hex(key, "message"), OneShotHex(key, "message")) << bytes;
      EXPECT_EQ(HmacSha256Hex(key, ""), OneShotHex(key, "")) << bytes;
    }
  }
  EXPECT_EQ(HmacSha256Hex(absl::string_view(), "message"), OneShotHex("", "message"));
}

TEST(Signer, NeverDecodesAHexKey) {
  const Signer signer(2001887, secrets::Secret(std::string(kDemoKey)));
  const Subject subject{"shop_id", 14701711,
                        secrets::Secret(std::string("59777174636562737266615546704c6d"))};
  EXPECT_NE(signer.Sign("/api/v2/shop/get_shop_info", 1655714431, subject).Reveal(),
            "38655dc67bb74e4241833e5968c312650cc51942c158be347adfb9b8c4484257");
}

TEST(SignCall, CarriesTheCommonParametersAndEncodesValues) {
  const Signer signer(2001887, secrets::Secret(std::string(kDemoKey)));
  const Subject subject{"shop_id", 600000, secrets::Secret(std::string("a+b/c=="))};
  const SignedCall call =
      signer.SignCall("https://host", "/api/v2/first_mile/get_detail", absl::FromUnixSeconds(1700000000),
                      subject, {{"cursor", ""}, {"first_mile_tracking_number", "A B&C,包"}});
  const secrets::Secret sign = signer.Sign("/api/v2/first_mile/get_detail", 1700000000, subject);
  EXPECT_EQ(
      call.url.Reveal(),
      absl::StrCat("https://host/api/v2/first_mile/get_detail?partner_id=2001887&timestamp=1700000000&sign=",
                   sign.Reveal(), "&access_token=a%2Bb%2Fc%3D%3D&shop_id=600000&cursor=",
                   "&first_mile_tracking_number=A%20B%26C%2C%E5%8C%85"));
}

TEST(SignCall, OfAPublicCallHasNeitherTokenNorSubject) {
  const Signer signer(2001887, secrets::Secret(std::string(kDemoKey)));
  const SignedCall call = signer.SignCall("https://host", "/api/v2/public/get_shops_by_partner",
                                          absl::FromUnixSeconds(1655714431), Subject{}, {});
  EXPECT_TRUE(
      absl::EndsWith(call.url.Reveal(), "60ab8c4a535009ab33b8a0029ee18a667ef6eaeb16481ed3d573a5059122d4df"));
}

}  // namespace
}  // namespace firstmile::signing
