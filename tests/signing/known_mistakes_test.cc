// Each known mistake, made here by other code than the diagnosis's, is reported under its name.
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <fstream>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "signing/signature_diagnosis_support.h"

namespace firstmile::signing {
namespace {

std::string Bytes(const EVP_MD* hash, const std::string& key, const std::string& message) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(hash, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
       message.size(), digest, &size);
  return std::string(reinterpret_cast<const char*>(digest), size);
}

std::string Sha256(const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  return absl::BytesToHexString(std::string(reinterpret_cast<const char*>(digest), size));
}

std::string HexDecoded(const std::string& digits) {
  std::string bytes(digits.size() / 2, '\0');
  std::size_t size = 0;
  auto* const out = reinterpret_cast<unsigned char*>(bytes.data());
  EXPECT_EQ(OPENSSL_hexstr2buf_ex(out, bytes.size(), &size, digits.c_str(), '\0'), 1) << digits;
  return bytes;
}

struct Case {
  std::string name;  // of the mistake; two joined by a plus
  std::string url;
  std::string key = kKey;
  std::string body = "";
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

const std::string kUpper = absl::AsciiStrToUpper(Sign(kRight));
const std::string kFmPath = "/api/v2/first_mile/get_detail";

const std::string kRedirect = "https://backend.example/shopee";

// The URL of a login page.
std::string RedirectUrl(const std::string& sign) {
  return absl::StrCat(kHost, "/api/v2/shop/auth_partner?partner_id=", kPartner, "&timestamp=", kTime,
                      "&redirect=https%3A%2F%2Fbackend.example%2Fshopee&sign=", sign);
}

// The same from a signer that does not encode its values.
std::string UnencodedRedirectUrl(const std::string& redirect, const std::string& more) {
  return absl::StrCat(kHost, "/api/v2/shop/auth_partner?partner_id=", kPartner, "&timestamp=", kTime,
                      "&sign=", Sign(kPartner + redirect + kTime), "&redirect=", redirect, more);
}

const std::string kTokenPath = "/api/v2/auth/token/get";
const std::string kTokenBody = R"({"code":"c0de","shop_id":14701711,"partner_id":2001887})";

std::string TokenUrl(const std::string& sign) {
  return absl::StrCat(kHost, kTokenPath, "?partner_id=", kPartner, "&timestamp=", kTime, "&sign=", sign);
}

std::vector<Case> Cases() {
  const std::string pt = kPartner + kPath + kTime;
  return {
      {"SIGNED_AS_PUBLIC", UrlWith(Sign(pt))},
      {"SIGNED_AS_MERCHANT", UrlWith(Sign(pt + kToken + kMerchant), "&merchant_id=" + kMerchant)},
      {"TOKEN_AND_ID_SWAPPED_IN_BASE", UrlWith(Sign(pt + kShop + kToken))},
      {"OTHER_ID_SIGNED", UrlWith(Sign(pt + kToken + "600002"))},
      {"ID_NOT_SIGNED", UrlWith(Sign(pt + kToken))},
      {"TOKEN_NOT_SIGNED", UrlWith(Sign(pt + kShop))},
      {"PATH_WITH_HOST", UrlWith(Sign(kPartner + kHost + kPath + kTime + kToken + kShop))},
      {"PATH_WITH_HOST",
       UrlWith(Sign(kPartner + "partner.shopeemobile.com" + kPath + kTime + kToken + kShop))},
      {"PATH_PREFIX", UrlWith(Sign(kPartner + "/shop/get_shop_info" + kTime + kToken + kShop))},
      {"PATH_PREFIX", UrlWith(Sign(kPartner + "api/v2/shop/get_shop_info" + kTime + kToken + kShop))},
      {"PATH_TRAILING_SLASH", UrlWith(Sign(kPartner + kPath + "/" + kTime + kToken + kShop))},
      {"PATH_WITH_QUERY", UrlWith(Sign(kPartner + kPath + "?" + kTime + kToken + kShop))},
      {"PATH_LETTER_CASE", UrlWith(Sign(kPartner + absl::AsciiStrToUpper(kPath) + kTime + kToken + kShop))},
      {"PATH_ENCODED",
       UrlWith(Sign(kPartner + absl::StrReplaceAll(kPath, {{"/", "%2F"}}) + kTime + kToken + kShop))},
      {"PATH_OF_ANOTHER_CALL", UrlWith(Sign(kPartner + kFmPath + kTime + kToken + kShop))},
      {"TOKEN_WITH_SPACE_IN_BASE", UrlWith(Sign(pt + kToken + "\n" + kShop))},
      {"TOKEN_WITH_SPACE_IN_BASE", UrlWith(Sign(pt + "Bearer " + kToken + kShop))},
      {"OTHER_TOKEN_SIGNED", UrlWith(Sign(pt + "refresh0123" + kShop), "&refresh_token=refresh0123")},
      {"PARAMETERS_SIGNED", UrlWith(Sign(kRight + "b=2&a=1"), "&b=2&a=1")},
      {"PARAMETERS_SIGNED", UrlWith(Sign(kRight + "a1b2"), "&b=2&a=1")},
      {"PARAMETERS_SIGNED", UrlWith(Sign(kRight + "21"), "&b=2&a=1")},
      {"BODY_SIGNED", UrlWith(Sign(kRight + "{\"x\":1}")), kKey, "{\"x\":1}"},
      {"BODY_SIGNED", UrlWith(Sign(kHost + kPath + "|{\"x\":1}")), kKey, "{\"x\":1}"},
      {"REDIRECT_SIGNED", RedirectUrl(Sign(kPartner + kRedirect + kTime))},
      {"REDIRECT_SIGNED", RedirectUrl(Sign(kPartner + "https%3A%2F%2Fbackend.example%2Fshopee" + kTime))},
      {"REDIRECT_SIGNED", RedirectUrl(Sign(kPartner + "https%3a%2f%2fbackend.example%2fshopee" + kTime))},
      {"REDIRECT_SIGNED", RedirectUrl(Sign(kPartner + "https%3A//backend.example/shopee" + kTime))},
      {"REDIRECT_SIGNED", RedirectUrl(Sign(kPartner + kRedirect + "/" + kTime))},
      {"REDIRECT_SIGNED", RedirectUrl(Sign(kPartner + kTime + kRedirect))},
      {"REDIRECT_SIGNED", RedirectUrl(Sign(kRedirect + kPartner + kTime))},
      {"REDIRECT_SIGNED", UnencodedRedirectUrl(kRedirect + "?a=1&b=2", "")},
      {"REDIRECT_SIGNED", UnencodedRedirectUrl(kRedirect + "?a=1&b=2", "&state=x")},
      {"REDIRECT_SIGNED+KEY_HEX_DECODED", RedirectUrl(Sign(kPartner + kRedirect + kTime, HexDecoded(kKey)))},
      {"BODY_MEMBERS_SIGNED", TokenUrl(Sign(kPartner + kTokenPath + kTime + "c0de" + kShop)), kKey,
       kTokenBody},
      {"BODY_MEMBERS_SIGNED", TokenUrl(Sign(kPartner + kTokenPath + kTime + kShop)), kKey, kTokenBody},
      {"BODY_MEMBERS_SIGNED", TokenUrl(Sign(kPartner + kTokenPath + "c0de" + kTime)), kKey, kTokenBody},
      {"BODY_MEMBERS_SIGNED",
       TokenUrl(
           Sign(kPartner + kTokenPath + kTime + "code=c0de&partner_id=" + kPartner + "&shop_id=" + kShop)),
       kKey, kTokenBody},
      {"WHOLE_QUERY_SIGNED", UrlWith(Sign("access_token=" + kToken + "&partner_id=" + kPartner +
                                          "&shop_id=" + kShop + "&timestamp=" + kTime))},
      {"PARTS_SEPARATED", UrlWith(Sign(kPartner + "&" + kPath + "&" + kTime + "&" + kToken + "&" + kShop))},
      {"LITERAL_NULL", UrlWith(Sign(pt + "None" + kShop))},
      {"SIGNED_WITH_ANOTHER_TIME", UrlWith(Sign(kPartner + kPath + "1655714430" + kToken + kShop))},
      {"SIGNED_WITH_ANOTHER_TIME", UrlWith(Sign(kPartner + kPath + "1655743231" + kToken + kShop))},
      {"KEY_IN_BASE", UrlWith(Sign(kKey + kRight))},
      {"ORDER_OF_PARTS", UrlWith(Sign(kPath + kPartner + kTime + kToken + kShop))},
      {"ORDER_OF_PARTS", UrlWith(Sign(kPartner + kTime + kPath + kToken + kShop))},
      {"KEY_HEX_DECODED", UrlWith(Sign(kRight, HexDecoded(kKey)))},
      {"KEY_HEX_DECODED", UrlWith(Sign(kRight, HexDecoded(kShpkKey.substr(4)))), kShpkKey},
      {"KEY_BASE64_DECODED",
       UrlWith(Sign(kRight,
                    [] {
                      std::string bytes;
                      absl::Base64Unescape(kShpkKey, &bytes);
                      return bytes;
                    }())),
       kShpkKey},
      {"KEY_ENCODED", UrlWith(Sign(kRight, absl::Base64Escape(kKey)))},
      {"KEY_ENCODED", UrlWith(Sign(kRight, absl::BytesToHexString(kKey)))},
      {"KEY_WHITE_SPACE", UrlWith(Sign(kRight, kKey + "\n"))},
      {"KEY_WHITE_SPACE", UrlWith(Sign(kRight, kKey + "\n")), kKey + "\n"},
      {"KEY_WHITE_SPACE", UrlWith(Sign(kRight, "\xEF\xBB\xBF" + kKey))},
      {"KEY_QUOTED", UrlWith(Sign(kRight, "\"" + kKey + "\""))},
      {"KEY_PREFIX", UrlWith(Sign(kRight, kShpkKey.substr(4))), kShpkKey},
      {"KEY_LETTER_CASE", UrlWith(Sign(kRight, absl::AsciiStrToUpper(kKey)))},
      {"KEY_CUT", UrlWith(Sign(kRight, kKey.substr(0, 63)))},
      {"KEY_EMPTY", UrlWith(Sign(kRight, ""))},
      {"HMAC_ARGUMENTS_SWAPPED", UrlWith(Sign(kKey, kRight))},
      {"HASH_WITHOUT_HMAC", UrlWith(Sha256(kRight + kKey))},
      {"HASH_WITHOUT_HMAC", UrlWith(Sha256(kKey + kRight))},
      {"OTHER_HASH", UrlWith(absl::BytesToHexString(Bytes(EVP_sha512(), kKey, kRight)))},
      {"OTHER_HASH", UrlWith(absl::BytesToHexString(Bytes(EVP_sha1(), kKey, kRight)))},
      {"SIGN_UPPER_CASE", UrlWith(kUpper)},
      {"SIGN_WHITE_SPACE", UrlWith(Sign(kRight) + "%0A")},
      {"SIGN_BASE64", UrlWith(absl::StrReplaceAll(absl::Base64Escape(Bytes(EVP_sha256(), kKey, kRight)),
                                                  {{"+", "%2B"}, {"/", "%2F"}, {"=", "%3D"}}))},
      {"SIGN_BASE64_OF_HEX", UrlWith(absl::Base64Escape(Sign(kRight)))},
      {"SIGN_CUT", UrlWith(Sign(kRight).substr(0, 60))},
      {"SIGNED_AS_PUBLIC+KEY_HEX_DECODED", UrlWith(Sign(pt, HexDecoded(kKey)))},
      {"PATH_TRAILING_SLASH+SIGN_UPPER_CASE",
       UrlWith(absl::AsciiStrToUpper(Sign(kPartner + kPath + "/" + kTime + kToken + kShop)))},
      {"ID_NOT_SIGNED+HMAC_ARGUMENTS_SWAPPED", UrlWith(Sign(kKey, pt + kToken))},
  };
}

class KnownMistake : public ::testing::TestWithParam<Case> {};

TEST_P(KnownMistake, IsFoundOutByItsName) {
  const Case& wrong = GetParam();
  const Diagnosis diagnosis = Ask(wrong.url, wrong.key, wrong.body);
  EXPECT_FALSE(diagnosis.matches);
  std::string proven;
  for (const std::string& code : CodesOf(diagnosis, Certainty::kProven)) {
    if (code == "SIGN_FORM") continue;  // the general finding for an encoding without a name
    absl::StrAppend(&proven, proven.empty() ? "" : "+", code);
  }
  EXPECT_EQ(proven, wrong.name);
}

TEST_P(KnownMistake, IsReportedWithoutASecret) {
  const Case& wrong = GetParam();
  const std::string told = Everything(Ask(wrong.url, wrong.key, wrong.body));
  const std::string sign = wrong.url.substr(wrong.url.find("sign=") + 5, 40);
  for (const std::string& secret : {kToken, wrong.key, sign, Sign(kRight), Sign(kRight, kShpkKey)}) {
    EXPECT_THAT(told, Not(HasSubstr(secret)));
  }
}

INSTANTIATE_TEST_SUITE_P(SignatureDiagnosis, KnownMistake, ::testing::ValuesIn(Cases()),
                         [](const auto& info) {
                           return absl::StrCat(absl::StrReplaceAll(info.param.name, {{"+", "_And_"}}), "_",
                                               info.index);
                         });

TEST(SignatureDiagnosis, EveryFindingIsTriedHere) {
  // Tested in signature_diagnosis_test.cc and copied_url_test.cc.
  std::set<std::string> tried = {"SIGNED_AS_SHOP",
                                 "TOKEN_ENCODED_IN_BASE",
                                 "PARAMETER_MISSING",
                                 "PARAMETER_TWICE",
                                 "PARAMETER_NOT_A_NUMBER",
                                 "TOKEN_AND_ID_SWAPPED",
                                 "ID_OF_ANOTHER_KIND",
                                 "TIMESTAMP_IN_MILLISECONDS",
                                 "TIMESTAMP_EXPIRED",
                                 "TIMESTAMP_AHEAD",
                                 "PATH_NOT_OF_THE_API",
                                 "PATH_SENT_WITH_SLASHES",
                                 "HOST_RETIRED",
                                 "HOST_UNKNOWN",
                                 "PARTNER_ID_NOT_OF_THE_KEY",
                                 "PLUS_NOT_ENCODED",
                                 "TOKEN_ENCODED_TWICE",
                                 "KEY_GIVEN_WITH_SPACE",
                                 "KEY_LENGTH",
                                 "SIGN_FORM",
                                 "PARAMETER_SWALLOWED",
                                 "AMPERSAND_ESCAPED",
                                 "BLANK_IN_URL",
                                 "NO_KNOWN_MISTAKE",
                                 "ENVIRONMENT_UNKNOWN"};
  for (const Case& c : Cases()) {
    for (const absl::string_view name : absl::StrSplit(c.name, '+')) tried.emplace(name);
  }
  std::set<std::string> known;
  for (const FindingText* text : AllFindingTexts()) {
    EXPECT_TRUE(known.emplace(text->code).second) << text->code << " is the name of two findings";
  }
  EXPECT_EQ(tried, known);
}

// The rows of the page by their code, without the marks for code.
std::map<std::string, std::string> RowsOfThePage() {
  std::ifstream in(FIRSTMILE_SIGNATURES_PAGE);
  std::map<std::string, std::string> rows;
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> cells = absl::StrSplit(absl::StrReplaceAll(line, {{"`", ""}}), " | ");
    if (cells.size() == 2 && absl::StartsWith(cells[0], "| ")) rows[cells[0].substr(2)] = cells[1];
  }
  return rows;
}

TEST(SignatureDiagnosis, ThePageOfSignaturesSaysWhatEveryFindingSays) {
  const std::map<std::string, std::string> rows = RowsOfThePage();
  for (const FindingText* text : AllFindingTexts()) {
    const auto row = rows.find(std::string(text->code));
    ASSERT_NE(row, rows.end()) << text->code;
    EXPECT_THAT(row->second, HasSubstr(std::string(text->explanation)));
  }
}

}  // namespace
}  // namespace firstmile::signing
